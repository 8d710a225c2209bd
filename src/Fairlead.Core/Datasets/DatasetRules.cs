using Fairlead.Core.Refusals;

namespace Fairlead.Core.Datasets;

/// <summary>Which descriptions of datasets make sense, and when two of them are of the same content. Pure.</summary>
public static class DatasetRules
{
    /// <summary>Most columns that a description names.</summary>
    public const int MaxColumns = 10_000;

    /// <summary>Longest name of a column, in characters.</summary>
    public const int MaxColumnName = 500;

    /// <summary>Longest name of a split or of a role, in characters.</summary>
    public const int MaxWord = 50;

    internal const string WordForm = "1 to 50 letters, digits, '-', '_' and '.'";

    /// <summary>Everything that is wrong with a description; empty when nothing is.</summary>
    public static IReadOnlyList<Refusal> Check(DatasetFacts facts)
    {
        var refusals = new List<Refusal>();
        if (!DatasetDigest.IsWritten(facts.Digest))
        {
            Add("invalid_digest", "digest",
                "The digest of a dataset is 'sha256:' and 64 hexadecimal digits, or 'md5:' and 32 of them (with '.dir' "
                + "for a folder), in lower case.");
        }

        foreach (var (field, number) in new[] { ("bytes", facts.Bytes), ("files", facts.Files), ("rows", facts.Rows) })
        {
            if (number < 0)
                Add("invalid_dataset", field, $"{field} is {number}; leave it out where it is not known.");
        }

        if (facts.Split is { } split && !IsWord(split))
            Add("invalid_split", "split", $"'{split}' is no name of a split, which is {WordForm}.");
        CheckColumns(facts, Add);
        if (facts.HasProfile == facts.NoProfileBecause is not null)
        {
            Add("invalid_profile", "profile",
                "Either a profile came along, or 'noProfileBecause' says why there is none.");
        }

        if (facts.HasProfile && facts.Rows is null)
            Add("invalid_profile", "rows", "A profile is of rows; say how many there are.");
        return refusals;

        void Add(string code, string field, string message) =>
            refusals.Add(new Refusal(RefusalKind.Invalid, code, message) { Field = field });
    }

    /// <summary>
    /// Decides about content that is registered already: it keeps its number, and what was said of it stays. Null where
    /// the new description does not contradict it.
    /// </summary>
    public static Refusal? WhyNotSame(DatasetId registered, DatasetFacts known, DatasetFacts said)
    {
        return Differs("labels", known.Labels, said.Labels) ?? Differs("split", known.Split, said.Split);

        Refusal? Differs(string field, string? before, string? now) => before is null || now is null || before == now
            ? null
            : new Refusal(RefusalKind.Conflict, "dataset_registered",
                $"The same content is registered as {registered} with {field} '{before}', not '{now}'. Register it "
                + $"under another name, or leave {field} out.")
            {
                Field = field,
                Present = before,
            };
    }

    /// <summary>
    /// Whether a description brings what the registered one lacks: statistics of content that was only pointed at, or
    /// its labels or split.
    /// </summary>
    public static bool Completes(DatasetFacts known, DatasetFacts said) =>
        (!known.HasProfile && said.HasProfile)
        || (known.Labels is null && said.Labels is not null)
        || (known.Split is null && said.Split is not null);

    internal static bool IsWord(string text) =>
        text.Length is > 0 and <= MaxWord && text.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.');

    private static void CheckColumns(DatasetFacts facts, Action<string, string, string> add)
    {
        if (facts.Columns.Count > MaxColumns)
        {
            add("too_many_columns", "columns",
                $"A dataset has at most {MaxColumns} columns, this one has {facts.Columns.Count}.");
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < facts.Columns.Count; i++)
        {
            var name = facts.Columns[i].Name;
            if (name.Length is 0 or > MaxColumnName || name.Contains('\0'))
            {
                add("invalid_column", $"columns[{i}].name",
                    $"A column's name has 1 to {MaxColumnName} characters without U+0000.");
            }
            else if (!seen.Add(name))
            {
                add("invalid_column", $"columns[{i}].name", $"Two columns are named '{name}'.");
            }
        }

        if (facts.Labels is { } labels && facts.Columns.Count > 0 && !seen.Contains(labels))
        {
            add("unknown_column", "labels",
                $"There is no column '{labels}'; there are {string.Join(", ", seen.Take(20))}"
                + $"{(seen.Count > 20 ? ", …" : "")}.");
        }
    }
}
