using System.Runtime.CompilerServices;
using Fairlead.TestModels;

namespace Fairlead.Serving.Tests;

internal static class TelemetryOff
{
    [ModuleInitializer]
    internal static void Initialize() => NativeEnvironment.DisableTelemetry();
}
