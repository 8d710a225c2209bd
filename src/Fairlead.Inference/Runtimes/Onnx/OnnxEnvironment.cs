using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Fairlead.Inference.Runtimes.Onnx;

/// <summary>
/// ONNX Runtime's process-wide environment, made once and before anything else touches the library: its telemetry is
/// switched off, the allocator is told to give memory back, and one pool of threads is shared by every session.
/// </summary>
public static partial class OnnxEnvironment
{
    private const int MallocMmapThreshold = -3;
    private const int MmapFromBytes = 128 * 1024;

    private static readonly Lock Gate = new();
    private static ThreadPlan? _plan;
    private static Task _made = Task.CompletedTask;

    /// <summary>The plan in force; the machine's when nobody called <see cref="Start"/> with another.</summary>
    public static ThreadPlan Plan => Start(ThreadPlan.For(Environment.ProcessorCount));

    /// <summary>
    /// Makes the environment, once, and waits for it; later calls return the plan that is already in force. Throws what
    /// kept the library from loading.
    /// </summary>
    public static ThreadPlan Start(ThreadPlan plan)
    {
        var inForce = Begin(plan);
        _made.GetAwaiter().GetResult();
        return inForce;
    }

    /// <summary>
    /// Begins to make the environment on another thread: the library is large, and a start has more to do meanwhile.
    /// Returns the plan in force.
    /// </summary>
    public static ThreadPlan Begin(ThreadPlan plan)
    {
        lock (Gate)
        {
            if (_plan is not null)
                return _plan;

            _made = Task.Run(() => Make(plan));
            return _plan = plan;
        }
    }

    private static void Make(ThreadPlan plan)
    {
        SwitchTelemetryOff();
        TuneAllocator();
        var options = new EnvironmentCreationOptions
        {
            logId = "fairlead",
            logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            threadOptions = new OrtThreadingOptions
            {
                GlobalIntraOpNumThreads = plan.PoolThreads,
                GlobalInterOpNumThreads = 1,
                GlobalSpinControl = false,
            },
        };
        OrtEnv.CreateInstanceWithOptions(ref options);
    }

    /// <summary>
    /// Gives memory that unloaded models held back to the operating system, where the C library keeps it.
    /// </summary>
    public static void ReturnFreedMemory()
    {
        if (IsGlibc)
            _ = TrimMalloc(0);
    }

    /// <summary>
    /// The library reads its own copy of the environment when it starts, before any call could tell it to stay silent;
    /// .NET's <see cref="Environment.SetEnvironmentVariable(string, string)"/> does not reach that copy.
    /// </summary>
    private static void SwitchTelemetryOff()
    {
        const string variable = "ORT_DISABLE_TELEMETRY";
        Environment.SetEnvironmentVariable(variable, "1");
        if (OperatingSystem.IsWindows())
            _ = SetWindowsCEnvironment(variable, "1");
        else
            _ = SetCEnvironment(variable, "1", 1);
    }

    /// <summary>Weights get pages of their own, which the kernel takes back as soon as they are freed.</summary>
    private static void TuneAllocator()
    {
        if (IsGlibc)
            _ = TuneMalloc(MallocMmapThreshold, MmapFromBytes);
    }

    private static bool IsGlibc =>
        OperatingSystem.IsLinux()
        && !RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetCEnvironment(string name, string value, int overwrite);

    [LibraryImport("ucrtbase", EntryPoint = "_putenv_s", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetWindowsCEnvironment(string name, string value);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int TuneMalloc(int parameter, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimMalloc(nuint pad);
}
