using System.Collections.Concurrent;
using Fairlead.Core.Models;
using Fairlead.Serving.Predict;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Serving.Windows;

/// <summary>
/// The windows of one arm: the minute that is running, and those that are over and wait to be taken. Every request is
/// counted, whatever became of it; nothing is sampled and nothing dropped before it is sealed.
/// <para>A minute takes at most <see cref="ColumnSketch.MostBytes"/> bytes a column and processor that serves requests
/// at the same time (<see cref="MostStripes"/> at most), and nothing before the first request.</para>
/// </summary>
public sealed class ArmWindows
{
    /// <summary>Parts of a minute that are written side by side.</summary>
    public const int MostStripes = 4;

    /// <summary>Minutes that wait to be taken; with more of them the oldest goes, counted.</summary>
    public const int MostWaiting = 60;

    private readonly Stripe[] _stripes;
    private readonly ConcurrentQueue<ArmMinute> _over = new();
    private long _lost;

    /// <summary>Windows over the columns of a version.</summary>
    /// <param name="inputs">What its requests hold.</param>
    /// <param name="outputs">What its answers hold.</param>
    public ArmWindows(Signature inputs, Signature outputs)
    {
        Layout = WindowLayout.Of(inputs.Inputs, outputs.Outputs);
        _stripes = [.. Enumerable.Range(0, Math.Clamp(Environment.ProcessorCount, 1, MostStripes))
            .Select(number => new Stripe((ulong)number))];
    }

    public WindowLayout Layout { get; }

    /// <summary>Parts of minutes that were lost because nobody took them, since this was asked last.</summary>
    public long TakeLost() => Interlocked.Exchange(ref _lost, 0);

    /// <summary>The minute of a moment, counted from 1970 UTC.</summary>
    public static long MinuteOf(DateTimeOffset moment) => moment.ToUnixTimeSeconds() / 60;

    /// <summary>Counts a request at its end.</summary>
    /// <param name="call">The request.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="total">From its arrival.</param>
    /// <param name="run">The model's run, for one row; zero without one.</param>
    /// <param name="time">Says which minute it is.</param>
    /// <param name="hidden">Columns of which no value is kept; null: none.</param>
    internal void Record(
        PredictCall call, PredictFailure outcome, TimeSpan total, TimeSpan run, TimeProvider time,
        bool[]? hidden = null)
    {
        var stripe = _stripes[(uint)Thread.GetCurrentProcessorId() % (uint)_stripes.Length];
        lock (stripe.Lock)
        {
            // Read under the lock, so that a minute which was taken never gets another request.
            var minute = Math.Max(stripe.Latest, MinuteOf(time.GetUtcNow()));
            if (stripe.Tally is { } running && running.Minute != minute)
                Seal(stripe);
            stripe.Latest = minute;
            stripe.Tally ??= new WindowTally(Layout, minute, stripe.NextSeed());
            stripe.Tally.Add(call, outcome, total, run, hidden);
        }
    }

    /// <summary>No minute is running, and none waits.</summary>
    internal bool IsIdle => _over.IsEmpty && Array.TrueForAll(_stripes, stripe => stripe.Tally is null);

    /// <summary>
    /// Takes the minutes that are over, each of them once and whole; all of them, the running one too, when the process
    /// ends.
    /// </summary>
    internal List<ArmMinute> Take(bool all, TimeProvider time)
    {
        var now = MinuteOf(time.GetUtcNow());
        foreach (var stripe in _stripes)
        {
            lock (stripe.Lock)
            {
                if (stripe.Tally is { } tally && (all || tally.Minute < now))
                    Seal(stripe);

                // From here on no stripe counts anything in a minute that is taken.
                stripe.Latest = Math.Max(stripe.Latest, now);
            }
        }

        var minutes = new SortedDictionary<long, WindowSketch>();
        for (var left = _over.Count; left > 0 && _over.TryDequeue(out var part); left--)
        {
            // Another stripe may still be in this minute: the clock went on since it was read.
            if (!all && part.Minute >= now)
                _over.Enqueue(part);
            else if (minutes.TryGetValue(part.Minute, out var sum))
                sum.Merge(part.Window);
            else
                minutes.Add(part.Minute, part.Window);
        }

        return [.. minutes.Select(minute => new ArmMinute(minute.Key, minute.Value))];
    }

    private void Seal(Stripe stripe)
    {
        _over.Enqueue(new ArmMinute(stripe.Tally!.Minute, stripe.Tally.Window()));
        stripe.Tally = null;
        while (_over.Count > MostWaiting * _stripes.Length && _over.TryDequeue(out _))
            Interlocked.Increment(ref _lost);
    }

    private sealed class Stripe(ulong number)
    {
        private ulong _minutes;

        public Lock Lock { get; } = new();

        public WindowTally? Tally { get; set; }

        /// <summary>The latest minute: the clock may go back, windows do not.</summary>
        public long Latest { get; set; }

        /// <summary>Windows that are merged must not choose alike.</summary>
        public ulong NextSeed() => (number << 48) | (++_minutes << 16);
    }
}

/// <summary>What an arm did in a minute.</summary>
/// <param name="Minute">Minutes since 1970 UTC.</param>
/// <param name="Window">What it did.</param>
public sealed record ArmMinute(long Minute, WindowSketch Window);
