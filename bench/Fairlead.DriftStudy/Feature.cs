using Fairlead.Statistics.Numerics;

namespace Fairlead.DriftStudy;

/// <summary>What a feature of the endpoint looks like.</summary>
internal enum Shape
{
    Normal,
    LogNormal,
    Count,
    Category,
    RareCategory,
}

/// <summary>What happens to a feature.</summary>
/// <param name="Name">In words.</param>
/// <param name="Sigmas">By how many standard deviations its mean moves.</param>
/// <param name="NewShare">The share of values that a new category takes.</param>
/// <param name="MissingShare">The share of values that go missing.</param>
internal sealed record Change(string Name, double Sigmas = 0, double NewShare = 0, double MissingShare = 0)
{
    public static readonly Change[] All =
    [
        new("mean by 0.1 σ", Sigmas: 0.1), new("mean by 0.25 σ", Sigmas: 0.25), new("mean by 0.5 σ", Sigmas: 0.5),
        new("mean by 1 σ", Sigmas: 1), new("a new category, 5 %", NewShare: 0.05),
        new("5 % missing", MissingShare: 0.05),
    ];

    /// <summary>The feature that it happens to.</summary>
    public Feature Feature => NewShare > 0 ? Feature.All.First(each => each.Shape == Shape.Category) : Feature.All[0];
}

/// <summary>One of the thirty features; half a per cent of each is missing.</summary>
internal sealed record Feature(int Index, Shape Shape, int Categories)
{
    public const double UsualMissing = 0.005;

    /// <summary>Up to each of forty rare names, how much of all they are.</summary>
    private static readonly double[] RareShares = UpTo([.. Enumerable.Range(1, 40).Select(n => 1.0 / n / n / n)]);

    public static readonly Feature[] All =
    [
        .. Enumerable.Range(0, 18).Select(i => new Feature(i, Shape.Normal, 0)),
        .. Enumerable.Range(18, 4).Select(i => new Feature(i, Shape.LogNormal, 0)),
        .. Enumerable.Range(22, 2).Select(i => new Feature(i, Shape.Count, 0)),
        .. ((int[])[6, 2, 3, 4, 8, 12]).Select((count, i) => new Feature(24 + i, Shape.Category, count)),
    ];

    /// <summary>One more, which is looked at by itself.</summary>
    public static readonly Feature RareNames = new(All.Length, Shape.RareCategory, RareShares.Length);

    public static readonly string[] Names = [.. Enumerable.Range(0, 64).Select(i => $"category {i}")];

    public bool IsCategory => Shape is Shape.Category or Shape.RareCategory;

    /// <summary>A value: NaN where it is missing; of a category its number, the new one's being one more.</summary>
    public double Draw(SplitMix64 random, Change? change)
    {
        var missing = UsualMissing + (change?.MissingShare ?? 0);
        var u = random.NextDouble();
        if (u < missing)
            return double.NaN;
        switch (Shape)
        {
            case Shape.Normal:
                return Normal(random) + (change?.Sigmas ?? 0);
            case Shape.LogNormal:
                return Math.Exp(0.7 * Normal(random));
            case Shape.Count:
                return Math.Floor(-6 * Math.Log(random.NextDouble()));
            case Shape.RareCategory:
                var name = Array.BinarySearch(RareShares, random.NextDouble());
                return Math.Min(Categories - 1, name < 0 ? ~name : name);
            default:
                if (change is not null && random.NextDouble() < change.NewShare)
                    return Categories;

                // The n-th category about 1/n as often as the first.
                return Math.Min(Categories - 1, (int)(Math.Pow(Categories + 1, random.NextDouble()) - 1));
        }
    }

    private static double[] UpTo(double[] parts)
    {
        var (sum, total) = (0.0, parts.Sum());
        return [.. parts.Select(part => sum += part / total)];
    }

    /// <summary>By G. E. P. Box and M. E. Muller (1958): quicker than inversion, and a study needs a billion.</summary>
    private static double Normal(SplitMix64 random) =>
        Math.Sqrt(-2 * Math.Log(random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
