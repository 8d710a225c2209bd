using System.Runtime.InteropServices;

namespace Fairlead.TestModels;

/// <summary>The environment that native libraries see. .NET keeps a copy of its own, which they do not read.</summary>
public static partial class NativeEnvironment
{
    /// <summary>Must be called before ONNX Runtime is loaded.</summary>
    public static void DisableTelemetry()
    {
        if (!OperatingSystem.IsWindows())
            _ = SetEnvironmentVariable("ORT_DISABLE_TELEMETRY", "1", 1);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironmentVariable(string name, string value, int overwrite);
}
