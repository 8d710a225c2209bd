using System.Globalization;
using Fairlead.Statistics.Drift;

namespace Fairlead.Core.Monitoring;

/// <summary>Holds a window of rows, as rows or as sketches, to a schema.</summary>
public static class SchemaWindow
{
    /// <summary>
    /// Everything by which the window breaks the schema. Shares of a sketch count only as far as they exceed its error.
    /// A column with fewer rows than <paramref name="minimumRows"/> is not judged and stands in <paramref
    /// name="undecided"/>.
    /// </summary>
    /// <param name="schema">The schema.</param>
    /// <param name="window">The columns of the window.</param>
    /// <param name="reference">What distances are taken from; columns without one have none.</param>
    /// <param name="minimumRows">The fewest rows to judge by.</param>
    /// <param name="undecided">Columns with too few rows.</param>
    public static IReadOnlyList<SchemaFinding> Check(
        DataSchema schema, IReadOnlyDictionary<string, ColumnEvidence> window,
        IReadOnlyDictionary<string, ColumnEvidence> reference, long minimumRows, out IReadOnlyList<string> undecided)
    {
        var (findings, few) = (new List<SchemaFinding>(), new List<string>());
        foreach (var column in schema.Columns)
        {
            if (!window.TryGetValue(column.Name, out var evidence))
                findings.Add(new(column.Name, SchemaFault.Missing, 1, $"column '{column.Name}' is not in the window"));
            else if (evidence.Rows < minimumRows)
                few.Add(column.Name);
            else
                findings.AddRange(Check(column, evidence, reference.GetValueOrDefault(column.Name)));
        }

        if (!schema.OtherColumns)
        {
            findings.AddRange(window.Keys.Except(schema.Columns.Select(column => column.Name), StringComparer.Ordinal)
                .Order(StringComparer.Ordinal).Select(name => new SchemaFinding(
                    name, SchemaFault.UnknownColumn, 1, $"'{name}' is no column of the schema")));
        }

        undecided = few;
        return findings;
    }

    /// <summary>
    /// How much of a window breaks each rule that a column sets, rules that nothing breaks among them. Counts of a
    /// sketch are those that are sure.
    /// </summary>
    public static IEnumerable<SchemaShare> Shares(ColumnSchema column, ColumnEvidence evidence)
    {
        if (column.Required || column.MaxMissingShare < 1)
        {
            // A value that must be there is a rule of rows; how many may lack one is a rule of windows.
            yield return new(SchemaFault.Missing, evidence.Missing, evidence.Missing, evidence.Rows,
                column.MaxMissingShare < 1 ? column.MaxMissingShare : column.MaxFaultyShare, "have no value");
        }

        var values = evidence.Values + evidence.NotFinite;
        if (evidence.Values > 0 && AreOfOtherKinds(column, evidence))
        {
            yield return new(SchemaFault.WrongType, values, values, values, column.MaxFaultyShare,
                $"are not {SchemaRules.Expected(column)}");
            yield break;
        }

        var broken = Faulty(column, evidence).ToDictionary(each => each.Fault);
        foreach (var (fault, what) in RulesOf(column))
        {
            var found = broken.GetValueOrDefault(fault, (fault, 0, 0, what));
            yield return new(fault, found.Count, found.About, values, column.MaxFaultyShare, found.What);
        }
    }

    private static IEnumerable<(SchemaFault Fault, string What)> RulesOf(ColumnSchema column)
    {
        if (column.Kind == ColumnKind.Number)
            yield return (SchemaFault.NotFinite, "are NaN or infinite");
        if (column.Categories is not null)
            yield return (SchemaFault.UnknownCategory, "are no known category");
        if (column.Min is { } least)
            yield return (SchemaFault.BelowRange, $"are below {SchemaRules.Say(least)}");
        if (column.Max is { } most)
            yield return (SchemaFault.AboveRange, $"are above {SchemaRules.Say(most)}");
        if (column.Whole)
            yield return (SchemaFault.NotWhole, "have a fraction");
    }

    private static IEnumerable<SchemaFinding> Check(
        ColumnSchema column, ColumnEvidence evidence, ColumnEvidence? reference)
    {
        var missing = (double)evidence.Missing / evidence.Rows;
        if (missing > column.MaxMissingShare)
        {
            yield return Share(
                column, SchemaFault.Missing, missing, column.MaxMissingShare, "have no value");
        }

        if (evidence.Values > 0 && AreOfOtherKinds(column, evidence))
        {
            yield return new(column.Name, SchemaFault.WrongType, 1,
                $"'{column.Name}' must be {SchemaRules.Expected(column)} and holds "
                + $"{(evidence.Kind == ColumnKind.Number ? "numbers" : "texts")}");
            yield break;
        }

        foreach (var (fault, count, _, what) in Faulty(column, evidence))
        {
            var share = count / Math.Max(1, evidence.Values + evidence.NotFinite);
            if (share > column.MaxFaultyShare)
                yield return Share(column, fault, share, column.MaxFaultyShare, what);
        }

        foreach (var (limit, distance, what) in Distances(column, evidence, reference))
        {
            if (distance > limit)
            {
                yield return new(column.Name, SchemaFault.TooFar, distance, string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{column.Name}' is {distance:0.####} from its reference by {what}, at most {limit:0.####} is "
                    + $"set"));
            }
        }
    }

    /// <summary>Categories may be written as numbers; numbers may not be texts, nor texts numbers.</summary>
    private static bool AreOfOtherKinds(ColumnSchema column, ColumnEvidence evidence) =>
        column.Kind != ColumnKind.Category
        && (column.Kind == ColumnKind.Number) != (evidence.Kind == ColumnKind.Number);

    /// <summary>How many values break a rule: surely, and about.</summary>
    private static IEnumerable<(SchemaFault Fault, double Count, double About, string What)> Faulty(
        ColumnSchema column, ColumnEvidence evidence)
    {
        yield return (SchemaFault.NotFinite, evidence.NotFinite, evidence.NotFinite, "are NaN or infinite");
        if (column.Categories is { } known)
        {
            var strange = evidence.Counts.Where(pair => !known.Contains(pair.Key, StringComparer.Ordinal))
                .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).ToArray();
            var count = strange.Sum(pair => pair.Value);
            yield return (SchemaFault.UnknownCategory, count, count,
                $"are no known category ({string.Join(", ", strange.Take(3).Select(pair => pair.Key))})");
        }

        if (evidence.Numbers is not { } numbers)
            yield break;

        // The ends are exact; the rest of a share outside may be the error of the sketch.
        var error = numbers.UniformError * numbers.Count;
        if (numbers.Min < column.Min)
        {
            var below = Math.Max(1, numbers.Below(column.Min.Value));
            yield return (SchemaFault.BelowRange, Math.Max(1, below - error), below,
                $"are below {SchemaRules.Say(column.Min.Value)}, the least {SchemaRules.Say(numbers.Min)}");
        }

        if (numbers.Max > column.Max)
        {
            var above = Math.Max(1, numbers.Count - numbers.AtMost(column.Max.Value));
            yield return (SchemaFault.AboveRange, Math.Max(1, above - error), above,
                $"are above {SchemaRules.Say(column.Max.Value)}, the most {SchemaRules.Say(numbers.Max)}");
        }

        if (column.Whole)
        {
            double fractions = 0;
            for (var i = 0; i < numbers.Values.Length; i++)
            {
                if (numbers.Values[i] != Math.Floor(numbers.Values[i]))
                    fractions += numbers.UpTo(i + 1) - numbers.UpTo(i);
            }

            yield return (SchemaFault.NotWhole, fractions, fractions, "have a fraction");
        }
    }

    private static IEnumerable<(double Limit, double Distance, string What)> Distances(
        ColumnSchema column, ColumnEvidence evidence, ColumnEvidence? reference)
    {
        if (reference is null || reference.Values == 0 || evidence.Values == 0)
            yield break;
        var cells = column.Kind == ColumnKind.Category ? Aligned(reference, evidence) : Binned(reference, evidence);
        if (column.MaxLInfinity is { } most)
            yield return (most, cells.LInfinity().Distance, $"L∞ (most at '{cells.LInfinity().Name}')");
        if (column.MaxJensenShannon is { } divergence)
        {
            yield return (divergence, Divergences.JensenShannon(cells.Reference, cells.Current, LogBase.Two),
                "Jensen–Shannon divergence in base 2");
        }
    }

    private static SchemaFinding Share(
        ColumnSchema column, SchemaFault fault, double share, double most, string what) =>
        new(column.Name, fault, share, string.Create(
            CultureInfo.InvariantCulture,
            $"{share:0.##%} of '{column.Name}' {what}, at most {most:0.##%} are allowed"));

    private static AlignedCategories Aligned(ColumnEvidence reference, ColumnEvidence current) =>
        AlignedCategories.Of(Counts(reference), Counts(current));

    private static Dictionary<string, double> Counts(ColumnEvidence evidence) =>
        evidence.Counts.ToDictionary(pair => pair.Key, pair => (double)pair.Value, StringComparer.Ordinal);

    private static AlignedCategories Binned(ColumnEvidence reference, ColumnEvidence current)
    {
        var bins = Bins.OfQuantiles(reference.Numbers!, 10);
        return new(
            [.. Enumerable.Range(0, bins.Count).Select(i => SchemaRules.Say(bins.Edges[i]))],
            bins.CountsOf(reference.Numbers!), bins.CountsOf(current.Numbers!));
    }
}
