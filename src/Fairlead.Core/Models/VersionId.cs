using System.Globalization;

namespace Fairlead.Core.Models;

/// <summary>One version of one model. Numbers count up from 1 within a model and are never used again.</summary>
public readonly record struct VersionId(ModelName Model, int Number) : IComparable<VersionId>
{
    public int CompareTo(VersionId other)
    {
        var byModel = string.CompareOrdinal(Model.ToString(), other.Model.ToString());
        return byModel != 0 ? byModel : Number.CompareTo(other.Number);
    }

    /// <summary>Reads what <see cref="ToString"/> writes; null for anything else.</summary>
    public static VersionId? Read(string text)
    {
        var slash = text.LastIndexOf('/');
        return slash > 0 && int.TryParse(
            text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new VersionId(ModelName.Parse(text[..slash]), number)
            : null;
    }

    /// <summary>For people and logs: <c>credit/2</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Model}/{Number}");

    public static bool operator <(VersionId left, VersionId right) => left.CompareTo(right) < 0;

    public static bool operator >(VersionId left, VersionId right) => left.CompareTo(right) > 0;

    public static bool operator <=(VersionId left, VersionId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(VersionId left, VersionId right) => left.CompareTo(right) >= 0;
}
