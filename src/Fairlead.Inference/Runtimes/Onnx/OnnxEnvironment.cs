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
    private static Task? _made;

    /// <summary>The plan in force, with the library loaded; the machine's plan when nobody named another.</summary>
    public static ThreadPlan Plan => Start(ThreadPlan.For(Environment.ProcessorCount));

    /// <summary>
    /// Names the plan, once, without loading anything: what never runs a model does without the library, which is
    /// large. Returns the plan in force.
    /// </summary>
    public static ThreadPlan Intend(ThreadPlan plan)
    {
        lock (Gate)
            return _plan ??= plan;
    }

    /// <summary>
    /// Begins to make the environment on another thread, for a start that is going to load models and has more to do
    /// meanwhile. Returns the plan in force.
    /// </summary>
    public static ThreadPlan Begin(ThreadPlan plan)
    {
        lock (Gate)
        {
            var inForce = _plan ??= plan;
            _made ??= Task.Run(() => Make(inForce));
            return inForce;
        }
    }

    /// <summary>
    /// Makes the environment, once, and waits for it; later calls return the plan that is already in force.
    /// </summary>
    /// <exception cref="ModelLoadException">The library cannot be loaded on this machine.</exception>
    public static ThreadPlan Start(ThreadPlan plan)
    {
        var inForce = Begin(plan);
        try
        {
            _made!.GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or BadImageFormatException)
        {
            throw new ModelLoadException(
                $"ONNX Runtime cannot be loaded on this machine: {(e.InnerException ?? e).Message}", e);
        }

        return inForce;
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
