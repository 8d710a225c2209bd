using System.Runtime.InteropServices;
using Fairlead.Core.Monitoring;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Cli.Drift;

/// <summary>Takes the values of a column, one after the other or many at once.</summary>
internal abstract class ColumnSink
{
    /// <summary>NaN is a missing value, as everywhere.</summary>
    public abstract void Add(ReadOnlySpan<double> numbers);

    public abstract void Add(string text);

    public abstract void AddMissing(long rows);

    /// <summary>What is known of them.</summary>
    /// <param name="kind">What they are taken for; null: for what they are.</param>
    public abstract ColumnEvidence Evidence(ColumnKind? kind);
}

/// <summary>Keeps a sketch.</summary>
internal sealed class SketchSink(ulong seed) : ColumnSink
{
    private const int AtOnce = 64 * 1024;

    private readonly ColumnSketch _sketch = new(seed);
    private readonly double[] _numbers = new double[AtOnce], _room = new double[AtOnce];
    private int _held;

    public override void Add(ReadOnlySpan<double> numbers)
    {
        foreach (var number in numbers)
        {
            if (double.IsNaN(number))
                _sketch.AddMissing();
            else if (!double.IsFinite(number))
                _sketch.Add(number);
            else
                _numbers[_held++] = number;
            if (_held == AtOnce)
                Flush();
        }
    }

    public override void Add(string text) => _sketch.AddText(text);

    public override void AddMissing(long rows) => _sketch.AddMissing(rows);

    public override ColumnEvidence Evidence(ColumnKind? kind)
    {
        Flush();
        return ColumnEvidence.Of(_sketch, kind ?? ColumnEvidence.KindOf(_sketch));
    }

    private void Flush()
    {
        _sketch.Add(_numbers.AsSpan(0, _held), _room);
        _held = 0;
    }
}

/// <summary>Keeps numbers, and sorts them at the end.</summary>
internal sealed class NumbersSink(NumberRoom room) : ColumnSink
{
    private long _missing;
    private long _infinite;

    public override void Add(ReadOnlySpan<double> numbers)
    {
        foreach (var number in numbers)
        {
            if (double.IsFinite(number))
                room.Add(number);
            else if (double.IsNaN(number))
                _missing++;
            else
                _infinite++;
        }
    }

    public override void Add(string text) => throw new InvalidOperationException("Numbers are no texts.");

    public override void AddMissing(long rows) => _missing += rows;

    public override ColumnEvidence Evidence(ColumnKind? kind)
    {
        return ColumnEvidence.OfSorted(room.Sorted(), _missing, _infinite);
    }
}

/// <summary>Counts texts and keeps their lengths.</summary>
internal sealed class TextsSink(NumberRoom room) : ColumnSink
{
    /// <summary>Names that are counted one by one; a reference with as many is compared by lengths anyway.</summary>
    private const int MostCounted = 10_000;

    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    private long _missing;
    private long _uncounted;

    public override void Add(ReadOnlySpan<double> numbers) =>
        throw new InvalidOperationException("Texts are no numbers.");

    public override void Add(string text)
    {
        room.Add(text.Length);
        if (_counts.Count < MostCounted || _counts.ContainsKey(text))
            CollectionsMarshal.GetValueRefOrAddDefault(_counts, text, out _)++;
        else
            _uncounted++;
    }

    public override void AddMissing(long rows) => _missing += rows;

    public override ColumnEvidence Evidence(ColumnKind? kind)
    {
        return ColumnEvidence.OfCounted(
            kind ?? (_counts.Count > DriftSide.MostCategories ? ColumnKind.Text : ColumnKind.Category), _missing,
            _counts, _uncounted, room.Sorted());
    }
}
