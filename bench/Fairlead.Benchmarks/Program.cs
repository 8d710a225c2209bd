using BenchmarkDotNet.Running;
using Fairlead.Benchmarks;

// For example: dotnet run -c Release --project bench/Fairlead.Benchmarks -- --filter '*' --job short --inProcess
// "canary" measures what a rollout's facts cost a request, "shadow" how long callers wait beside candidates.
switch (args)
{
    case ["canary"]:
        await CanaryCost.WriteAsync();
        break;
    case ["shadow"]:
        await ShadowLatency.WriteAsync();
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        break;
}
