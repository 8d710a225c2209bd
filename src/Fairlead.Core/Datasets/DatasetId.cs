using System.Globalization;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Datasets;

/// <summary>One version of one dataset. Numbers count up from 1 within a dataset.</summary>
public readonly record struct DatasetId(DatasetName Name, int Number)
{
    /// <summary>
    /// Reads <c>credit/3</c>; throws <see cref="RefusalException"/> with code <c>invalid_dataset</c>.
    /// </summary>
    public static DatasetId Parse(string text)
    {
        var slash = text.LastIndexOf('/');
        if (slash > 0 && int.TryParse(
            text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
        {
            return new DatasetId(DatasetName.Parse(text[..slash]), number);
        }

        throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_dataset",
            $"'{text}' names no version of a dataset; write NAME/VERSION, such as credit/3."));
    }

    /// <summary>For people and logs: <c>credit/3</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}/{Number}");
}
