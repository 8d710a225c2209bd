using System.Runtime.CompilerServices;
using Fairlead.TestModels;

namespace Fairlead.Inference.Tests;

internal static class TelemetryOff
{
    [ModuleInitializer]
    internal static void Initialize() => NativeEnvironment.DisableTelemetry();
}
