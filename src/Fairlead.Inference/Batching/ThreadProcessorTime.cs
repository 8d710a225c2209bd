using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Fairlead.Inference.Batching;

/// <summary>
/// Processor time of the calling thread since a moment, so that a run can be charged what it cost rather than how long
/// it took.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly partial struct ThreadProcessorTime
{
    private const int LinuxThreadClock = 3;
    private const int MacThreadClock = 16;

    private readonly TimeSpan _start;
    private readonly int _thread;

    private ThreadProcessorTime(TimeSpan start, int thread)
    {
        _start = start;
        _thread = thread;
    }

    public static ThreadProcessorTime Start() => new(Now(), Environment.CurrentManagedThreadId);

    /// <summary>
    /// Processor time since the start; zero on another thread than that of the start, whose clock says nothing here.
    /// </summary>
    public TimeSpan Elapsed() =>
        Environment.CurrentManagedThreadId == _thread ? Now() - _start : TimeSpan.Zero;

    /// <summary>Wall-clock time where the system offers no clock for threads.</summary>
    private static TimeSpan Now()
    {
        var clock = OperatingSystem.IsLinux() ? LinuxThreadClock : OperatingSystem.IsMacOS() ? MacThreadClock : -1;
        if (clock >= 0 && ReadClock(clock, out var time) == 0)
            return TimeSpan.FromTicks((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / 100));
        return Stopwatch.GetElapsedTime(0);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ReadClock(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
