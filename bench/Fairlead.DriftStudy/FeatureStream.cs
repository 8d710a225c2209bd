using Fairlead.Core.Monitoring;
using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Sketches;

namespace Fairlead.DriftStudy;

/// <summary>
/// One feature as it streams by in blocks of five minutes: the product's own sketches, merged to windows of the ladder,
/// and the counts of the last hour for the other tools.
/// </summary>
internal sealed class FeatureStream
{
    public const int BlocksAnHour = 12;

    private readonly Feature _feature;
    private readonly SplitMix64 _random;
    private readonly int _rows;
    private readonly Rivals _rivals;
    private readonly Queue<Tally> _tallies = new();
    private readonly Tally _hour;

    // Of each window of 2ⁱ or 3·2ⁱ blocks the sketches at its last looks, as far back as those that are made of it
    // need: four times its length. The others are part of none.
    private readonly ColumnSketch[][] _recent =
    [
        .. Policies.Windows.Select(window => new ColumnSketch[IsPart(Blocks(window.Length))
            ? 4 * Blocks(window.Length) / Blocks(window.Every) + 1
            : 0]),
    ];
    private int _block;

    public FeatureStream(Feature feature, int rowsABlock, int referenceRows, ulong seed)
    {
        (_feature, _rows) = (feature, rowsABlock);
        _random = new SplitMix64(new SplitMix64(seed * 1_000_003 + (ulong)feature.Index).Next());
        var reference = new double[referenceRows];
        var sketch = new ColumnSketch(ulong.MaxValue);
        for (var i = 0; i < referenceRows; i++)
        {
            reference[i] = feature.Draw(_random, null);
            Put(sketch, reference[i]);
        }

        _rivals = new Rivals(feature, reference, rowsABlock * BlocksAnHour);
        Reference = ColumnEvidence.Of(sketch, Kind);
        _hour = new Tally(_rivals.Doane, feature.Categories);
    }

    public string Name => $"feature {_feature.Index}";

    public ColumnEvidence Reference { get; }

    /// <summary>The windows that are looked at after this block; an empty place for each other.</summary>
    public ColumnEvidence?[] Windows { get; } = new ColumnEvidence?[Policies.Windows.Count];

    public double Evidently { get; private set; }

    public double Nanny { get; private set; }

    private ColumnKind Kind => _feature.IsCategory ? ColumnKind.Category : ColumnKind.Number;

    /// <summary>Takes five minutes of traffic.</summary>
    /// <param name="change">What has happened to the feature.</param>
    /// <param name="look">The tools look at it.</param>
    /// <param name="sketches">False: our windows are over, only the other tools go on.</param>
    public void Next(Change? change, bool look = true, bool sketches = true)
    {
        _block++;
        var tally = new Tally(_rivals.Doane, _feature.Categories);
        var sketch = sketches ? new ColumnSketch((ulong)_block) : null;
        for (var i = 0; i < _rows; i++)
        {
            var value = _feature.Draw(_random, change);
            if (sketch is not null)
                Put(sketch, value);
            tally.Add(value);
        }

        _tallies.Enqueue(tally);
        _hour.Add(tally, 1);
        if (_tallies.Count > BlocksAnHour)
            _hour.Add(_tallies.Dequeue(), -1);

        for (var level = 0; level < _recent.Length && sketch is not null; level++)
        {
            var (length, every) = (Blocks(Policies.Windows[level].Length), Blocks(Policies.Windows[level].Every));
            var due = _block % every == 0 && _block >= length;
            var part = _recent[level].Length > 0;
            var window = due && (part || look) ? level == 0 ? sketch : Joined(level, length) : null;
            if (part && window is not null)
                Slot(level, _block) = window;
            Windows[level] = window is not null && look ? Evidence(window) : null;
        }

        if (look)
            (Evidently, Nanny) = (_rivals.Evidently(_hour), _rivals.Nanny(_hour));
    }

    private static bool IsPart(int blocks) =>
        (blocks >> System.Numerics.BitOperations.TrailingZeroCount(blocks)) is 1 or 3;

    private static int Blocks(TimeSpan time) => (int)(time / Policies.Block);

    private ref ColumnSketch Slot(int level, int block)
    {
        var slots = _recent[level];
        return ref slots[block / Blocks(Policies.Windows[level].Every) % slots.Length];
    }

    /// <summary>A window made of the longest shorter one that is a power of two, and of what came before it.</summary>
    private ColumnSketch Joined(int level, int length)
    {
        var late = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)length) / 2;
        var joined = new ColumnSketch((ulong)(_block * 31 + level));
        joined.Merge(Slot(LevelOf(late), _block));
        joined.Merge(Slot(LevelOf(length - late), _block - late));
        return joined;
    }

    private static int LevelOf(int blocks) =>
        Policies.Windows.Select(window => Blocks(window.Length)).TakeWhile(each => each != blocks).Count();

    private ColumnEvidence Evidence(ColumnSketch sketch) => ColumnEvidence.Of(sketch, Kind);

    private void Put(ColumnSketch sketch, double value)
    {
        if (double.IsNaN(value))
            sketch.AddMissing();
        else if (_feature.IsCategory)
            sketch.AddCategory(Feature.Names[(int)value]);
        else
            sketch.Add(value);
    }
}
