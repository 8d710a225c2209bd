using BenchmarkDotNet.Running;

// For example: dotnet run -c Release --project bench/Fairlead.Benchmarks -- --filter '*' --job short --inProcess
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
