using Fairlead.Core.Refusals;

namespace Fairlead.Core.Datasets;

/// <summary>A dataset that a model version was made with, and as what.</summary>
/// <param name="Id">The version of the dataset.</param>
/// <param name="Role">Such as <c>training</c> or <c>evaluation</c>.</param>
public sealed record DatasetUse(DatasetId Id, string Role)
{
    /// <summary>The role of what a model learnt from, and the role where none is named.</summary>
    public const string Training = "training";

    /// <summary>Most datasets that a version names.</summary>
    public const int MaxUses = 100;

    /// <summary>
    /// Reads <c>credit/3</c> or <c>credit/3:evaluation</c>; throws <see cref="RefusalException"/> with code
    /// <c>invalid_dataset</c>.
    /// </summary>
    public static DatasetUse Parse(string text)
    {
        // Neither a name nor a number has a colon, so the first one ends them.
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            return new DatasetUse(DatasetId.Parse(text), Training);
        var role = text[(colon + 1)..];
        return DatasetRules.IsWord(role)
            ? new DatasetUse(DatasetId.Parse(text[..colon]), role)
            : throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_dataset",
                $"'{role}' in '{text}' is no role; a role is {DatasetRules.WordForm}."));
    }

    /// <summary>
    /// Reads what a version says; throws <see cref="RefusalException"/> naming the one that is wrong or stands twice.
    /// </summary>
    /// <param name="texts">As they were written.</param>
    public static IReadOnlyList<DatasetUse> ParseAll(IReadOnlyList<string> texts)
    {
        if (texts.Count > MaxUses)
        {
            throw new RefusalException(new Refusal(RefusalKind.Invalid, "too_many_datasets",
                $"A version names at most {MaxUses} datasets, these are {texts.Count}.")
            { Field = "datasets" });
        }

        var uses = new List<DatasetUse>();
        for (var i = 0; i < texts.Count; i++)
        {
            DatasetUse use;
            try
            {
                use = Parse(texts[i]);
            }
            catch (RefusalException wrong)
            {
                throw new RefusalException(wrong.Refusals[0] with { Field = $"datasets[{i}]" });
            }

            if (uses.Exists(each => each.Id == use.Id))
            {
                throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_dataset",
                    $"'{use.Id}' stands twice; a version names a dataset in one role.")
                { Field = $"datasets[{i}]" });
            }

            uses.Add(use);
        }

        return uses;
    }

    /// <summary>As it is written.</summary>
    public override string ToString() => Role == Training ? Id.ToString() : $"{Id}:{Role}";
}
