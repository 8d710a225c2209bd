namespace Fairlead.Statistics.Series;

/// <summary>What an hour of a machine's parts costs, in any currency.</summary>
/// <param name="PerCpuHour">One core for an hour.</param>
/// <param name="PerGibibyteHour">One GiB of memory for an hour.</param>
public readonly record struct MachinePrice(double PerCpuHour, double PerGibibyteHour);

/// <summary>What a variant used: sums that add over windows and replicas.</summary>
/// <param name="Predictions">Answers given.</param>
/// <param name="CpuSeconds">Seconds of a core.</param>
/// <param name="MemoryByteSeconds">Bytes held times seconds held.</param>
public readonly record struct ServingCost(long Predictions, double CpuSeconds, double MemoryByteSeconds)
{
    private const double Hour = 3_600;
    private const double Gibibyte = 1L << 30;

    public static ServingCost operator +(ServingCost a, ServingCost b) => new(
        a.Predictions + b.Predictions, a.CpuSeconds + b.CpuSeconds, a.MemoryByteSeconds + b.MemoryByteSeconds);

    /// <summary>The cost of everything used.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A price is negative or not finite.</exception>
    public double Total(MachinePrice price)
    {
        Require.NotNegative(price.PerCpuHour, nameof(price));
        Require.NotNegative(price.PerGibibyteHour, nameof(price));
        return CpuSeconds / Hour * price.PerCpuHour + MemoryByteSeconds / Gibibyte / Hour * price.PerGibibyteHour;
    }

    /// <summary>The cost of 1,000 predictions; NaN without predictions, though memory was paid for.</summary>
    public double PerThousand(MachinePrice price) =>
        Predictions > 0 ? Total(price) / Predictions * 1_000 : double.NaN;
}
