namespace Fairlead.Statistics.Drift;

/// <summary>The counts of two samples over the categories that either has, in one order.</summary>
/// <param name="Names">The categories, by their code units.</param>
/// <param name="Reference">How often each is in the reference.</param>
/// <param name="Current">How often each is in the current sample.</param>
public sealed record AlignedCategories(
    IReadOnlyList<string> Names, double[] Reference, double[] Current)
{
    /// <summary>Aligns counts.</summary>
    public static AlignedCategories Of(
        IReadOnlyDictionary<string, double> reference, IReadOnlyDictionary<string, double> current)
    {
        string[] names = [.. reference.Keys.Union(current.Keys).Order(StringComparer.Ordinal)];
        return new(
            names,
            [.. names.Select(name => reference.GetValueOrDefault(name))],
            [.. names.Select(name => current.GetValueOrDefault(name))]);
    }

    /// <summary>Counts and aligns values.</summary>
    public static AlignedCategories Of(IEnumerable<string> reference, IEnumerable<string> current) =>
        Of(Counts(reference), Counts(current));

    /// <summary>The greatest difference of one category's shares, and which it is; of equal ones the first by
    /// name.</summary>
    public (double Distance, string? Name) LInfinity()
    {
        var (p, q) = Divergences.Shares(Reference, Current);
        var (most, name) = (0.0, default(string));
        for (var i = 0; i < p.Length; i++)
        {
            var difference = Math.Abs(p[i] - q[i]);
            if (difference > most)
                (most, name) = (difference, Names[i]);
        }

        return (most, name);
    }

    private static Dictionary<string, double> Counts(IEnumerable<string> values) =>
        values.CountBy(value => value, StringComparer.Ordinal)
            .ToDictionary(pair => pair.Key, pair => (double)pair.Value, StringComparer.Ordinal);
}
