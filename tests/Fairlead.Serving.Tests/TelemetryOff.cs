using System.Runtime.CompilerServices;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Runtimes.Onnx;

namespace Fairlead.Serving.Tests;

/// <summary>The environment must be made, and its telemetry switched off, before any test opens a session.</summary>
internal static class TelemetryOff
{
    [ModuleInitializer]
    internal static void Initialize() => OnnxEnvironment.Start(ThreadPlan.For(2));
}
