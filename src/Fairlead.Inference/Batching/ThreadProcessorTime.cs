using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Fairlead.Inference.Batching;

/// <summary>Processor time of the calling thread, so that a run can be charged what it cost rather than how long it took.</summary>
internal static partial class ThreadProcessorTime
{
    private const int LinuxThreadClock = 3;
    private const int MacThreadClock = 16;

    /// <summary>Processor time of this thread so far; wall-clock time where the system offers no such clock.</summary>
    public static TimeSpan Now()
    {
        var clock = OperatingSystem.IsLinux() ? LinuxThreadClock : OperatingSystem.IsMacOS() ? MacThreadClock : -1;
        if (clock >= 0 && ReadClock(clock, out var time) == 0)
            return TimeSpan.FromTicks((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / 100));
        return Stopwatch.GetElapsedTime(0);
    }

    public static TimeSpan Since(TimeSpan start) => Now() - start;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ReadClock(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
