using BenchmarkDotNet.Running;
using Fairlead.Benchmarks;

// For example: dotnet run -c Release --project bench/Fairlead.Benchmarks -- --filter '*' --job short --inProcess
// or, for what a rollout's facts cost a request: dotnet run -c Release --project bench/Fairlead.Benchmarks -- canary
if (args is ["canary"])
    await CanaryCost.WriteAsync();
else
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
