namespace Fairlead.Statistics.Metrics;

/// <summary>
/// Predictions and outcomes in a fixed number of equal bins of the probability: a reliability curve that adds over
/// windows and replicas. The uniform variants whose number of bins divides that number come out exactly; a row that
/// lies on an edge is in the bin below, as in <see cref="CalibrationBinning.Uniform"/>. Quantile variants need the
/// rows. Memory is 24 bytes a bin.
/// </summary>
public sealed class CalibrationTotals
{
    private readonly double[] _predicted;
    private readonly long[] _happened;
    private readonly long[] _rows;

    /// <param name="bins">Number of bins, 2 to 10 000; 60 serves curves of 10, 12, 15, 20 and 30.</param>
    public CalibrationTotals(int bins = 60)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bins, 10_000);
        (_predicted, _happened, _rows) = (new double[bins], new long[bins], new long[bins]);
    }

    /// <summary>Rows whose probability was none.</summary>
    public long Invalid { get; private set; }

    public void Add(double probability, bool happened)
    {
        if (!(probability is >= 0 and <= 1))
        {
            Invalid++;
            return;
        }

        // The guess may be off by one where the product rounds; the edges themselves decide.
        var step = 1.0 / _rows.Length;
        var bin = Math.Clamp((int)Math.Ceiling(probability * _rows.Length) - 1, 0, _rows.Length - 1);
        while (bin > 0 && probability <= bin * step)
            bin--;
        while (bin < _rows.Length - 1 && probability > (bin + 1) * step)
            bin++;
        _predicted[bin] += probability;
        _happened[bin] += happened ? 1 : 0;
        _rows[bin]++;
    }

    /// <summary>Adds the rows of another window or replica.</summary>
    /// <exception cref="ArgumentException">The numbers of bins differ.</exception>
    public void Add(CalibrationTotals other)
    {
        if (other._rows.Length != _rows.Length)
        {
            throw new ArgumentException(
                $"Totals of {other._rows.Length} bins do not add to {_rows.Length}.", nameof(other));
        }

        for (var i = 0; i < _rows.Length; i++)
        {
            _predicted[i] += other._predicted[i];
            _happened[i] += other._happened[i];
            _rows[i] += other._rows[i];
        }

        Invalid += other.Invalid;
    }

    /// <summary>The curve of <paramref name="bins"/> equal bins.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number does not divide that of the totals.</exception>
    public CalibrationCurve Curve(int bins)
    {
        if (bins < 1 || _rows.Length % bins != 0)
            throw new ArgumentOutOfRangeException(nameof(bins), bins, $"Must divide {_rows.Length}.");
        var width = _rows.Length / bins;
        return CalibrationCurve.Of(Enumerable.Range(0, bins).Select(b =>
        {
            var range = new Range(b * width, (b + 1) * width);
            var rows = _rows[range].Sum();
            return new CalibrationBin(_predicted[range].Sum() / rows, _happened[range].Sum() / (double)rows, rows);
        }));
    }
}
