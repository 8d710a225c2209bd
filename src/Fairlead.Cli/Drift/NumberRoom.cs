using Fairlead.Statistics.Numerics;

namespace Fairlead.Cli.Drift;

/// <summary>
/// Room for the numbers of a column, used again for the next one, and as much again to sort them in: this is what the
/// exact mode takes.
/// </summary>
internal sealed class NumberRoom
{
    private double[] _values = [];
    private double[] _other = [];
    private int _count;

    /// <summary>Makes room for so many numbers and forgets those before.</summary>
    public void Clear(long most)
    {
        if (most > Array.MaxLength)
        {
            throw CliException.Usage(
                $"{most} rows are more than the exact mode can hold of a column.", "Leave --mode exact out.");
        }

        _count = 0;
        if (_values.Length >= most)
            return;
        _values = GC.AllocateUninitializedArray<double>((int)most);
        _other = GC.AllocateUninitializedArray<double>((int)most);
    }

    public void Add(double value) => _values[_count++] = value;

    /// <summary>The numbers in rising order, until the next <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<double> Sorted()
    {
        NumberOrder.Sort(_values.AsSpan(0, _count), _other);
        return _values.AsMemory(0, _count);
    }
}
