using System.Runtime.CompilerServices;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Runtimes.Onnx;

namespace Fairlead.Inference.Tests;

/// <summary>
/// The environment must be made before any test opens a session by itself. Two threads, whatever the machine has, so
/// that the shared pool is there to be tested.
/// </summary>
internal static class OnnxStart
{
    public const int PoolThreads = 2;

    [ModuleInitializer]
    internal static void Initialize() =>
        OnnxEnvironment.Start(new ThreadPlan(PoolThreads, PoolThreads, PoolThreads));
}
