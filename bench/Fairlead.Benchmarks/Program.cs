using BenchmarkDotNet.Running;

// For example: dotnet run -c Release --project bench/Fairlead.Benchmarks -- --filter '*Model*'
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
