namespace Fairlead.Server.Tracking;

/// <summary>
/// Which steps of some runs are shown: all of them thinned out evenly, with the ends of each run kept.
/// </summary>
internal sealed class StepSample
{
    private readonly HashSet<long> _steps = [];
    private readonly List<(long Least, long Most)> _ends = [];

    /// <summary>What is added from here on is of another run.</summary>
    public void BeginRun() => _ends.Add((long.MaxValue, long.MinValue));

    public void Add(long step)
    {
        _steps.Add(step);
        var (least, most) = _ends[^1];
        _ends[^1] = (Math.Min(least, step), Math.Max(most, step));
    }

    /// <summary>The steps, not many more than <paramref name="most"/>.</summary>
    public HashSet<long> Kept(int most)
    {
        if (_steps.Count <= most)
            return _steps;
        var steps = _steps.Order().ToList();
        var kept = new HashSet<long>();
        var interval = steps.Count / (double)most;
        for (var i = 0; i < most; i++)
            kept.Add(steps[(int)(i * interval)]);
        kept.Add(steps[^1]);
        foreach (var (least, last) in _ends.Where(each => each.Least <= each.Most))
        {
            kept.Add(least);
            kept.Add(last);
        }

        return kept;
    }
}
