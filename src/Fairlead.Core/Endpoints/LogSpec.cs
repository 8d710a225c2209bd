using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Endpoints;

/// <summary>What becomes of a field before a record of it touches any disk; the later ones keep less.</summary>
public enum FieldTreatment
{
    /// <summary>It is kept as it was.</summary>
    Keep,

    /// <summary>A keyed hash is kept: equal values stay equal, and nobody without the key can tell what they were.
    /// </summary>
    Hash,

    /// <summary>Only whether it was there is kept.</summary>
    Redact,

    /// <summary>Nothing is kept.</summary>
    Omit,
}

/// <summary>
/// An endpoint's <c>log:</c>: which requests are recorded, what of them, for how long, and by what a person is found in
/// the records when they shall be forgotten.
/// </summary>
public sealed record LogSpec
{
    /// <summary>The name of the unit of assignment among fields.</summary>
    public const string UnitField = "unit";

    /// <summary>Most names in the three lists together.</summary>
    public const int MaxFields = 1000;

    /// <summary>How long records are kept when nothing is said.</summary>
    public static readonly TimeSpan DefaultRetention = TimeSpan.FromDays(30);

    /// <summary>Shortest retention.</summary>
    public static readonly TimeSpan MinRetention = TimeSpan.FromHours(1);

    /// <summary>Longest retention.</summary>
    public static readonly TimeSpan MaxRetention = TimeSpan.FromDays(3650);

    /// <summary>Keeps the draws of the log apart from those of arms and holdouts.</summary>
    private const ulong Salt = 0x7265636F7264732EUL;

    /// <summary>Share of the requests that are recorded, 0 to 1; by unit where there is one.</summary>
    public double Share { get; init; } = 1;

    /// <summary>Fields of which only is kept whether they were there.</summary>
    public ImmutableArray<string> Redact { get; init; } = [];

    /// <summary>Fields that are kept as keyed hashes.</summary>
    public ImmutableArray<string> Hash { get; init; } = [];

    /// <summary>Fields that are not kept.</summary>
    public ImmutableArray<string> Omit { get; init; } = [];

    /// <summary>How long records are kept.</summary>
    public TimeSpan Retention { get; init; } = DefaultRetention;

    /// <summary>
    /// The field by whose value a person's records are found, or <see cref="UnitField"/>; null: nobody is.
    /// </summary>
    public string? Subject { get; init; }

    /// <summary>All names in the three lists.</summary>
    [JsonIgnore]
    public IEnumerable<string> Treated => Redact.Concat(Hash).Concat(Omit);

    /// <summary>What becomes of a field; the name of an input, an output, a column of either, or the unit.</summary>
    public FieldTreatment Treatment(string field) =>
        Omit.Contains(field) ? FieldTreatment.Omit
        : Redact.Contains(field) ? FieldTreatment.Redact
        : Hash.Contains(field) ? FieldTreatment.Hash
        : FieldTreatment.Keep;

    /// <summary>
    /// Whether a unit is recorded. The same for every request of the unit, whatever arm answers, and raising the share
    /// loses no unit.
    /// </summary>
    /// <param name="unitHash">The hash of the unit.</param>
    /// <param name="endpointNumber">Keeps the samples of endpoints apart.</param>
    public bool Takes(ulong unitHash, int endpointNumber)
    {
        if (Share >= 1)
            return true;

        // The finalizer of SplitMix64 (Steele, Lea, Flood 2014) spreads what a hash of the unit leaves related.
        var z = unitHash ^ Salt ^ ((ulong)(uint)endpointNumber << 32);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53)) < Share;
    }

    public bool Equals(LogSpec? other) =>
        other is not null && Share.Equals(other.Share) && Retention == other.Retention && Subject == other.Subject
        && Redact.SequenceEqual(other.Redact) && Hash.SequenceEqual(other.Hash) && Omit.SequenceEqual(other.Omit);

    public override int GetHashCode() => HashCode.Combine(Share, Retention, Subject);

    /// <summary>Finds the faults; an empty list means that it is good.</summary>
    /// <param name="log">What to look at.</param>
    /// <param name="at">Where it stands.</param>
    public static IEnumerable<Refusal> Check(LogSpec log, string at)
    {
        if (!(log.Share >= 0 && log.Share <= 1))
            yield return Fault("invalid_share", $"{at}.share", "A share to record is 0 to 1, or 0% to 100%.");
        if (log.Retention < MinRetention || log.Retention > MaxRetention)
            yield return Fault("invalid_retention", $"{at}.retention", "retention is 1h to 3650d.");
        if (log.Treated.Count() > MaxFields)
        {
            yield return Fault("too_many_fields", at,
                $"'redact', 'hash' and 'omit' name at most {MaxFields} fields together.");
        }

        foreach (var twice in log.Treated.GroupBy(field => field).Where(group => group.Count() > 1))
        {
            yield return Fault("field_twice", at,
                $"The field '{twice.Key}' is named {twice.Count()} times; name it in one of 'redact', 'hash', 'omit'.");
        }

        if (log.Treated.Any(string.IsNullOrEmpty) || log.Subject is "")
            yield return Fault("invalid_field", at, "A field has a name.");
    }

    /// <summary>
    /// Holds the fields that are named to those that the versions have: a misspelt name would let through what should
    /// not be kept.
    /// </summary>
    /// <param name="signatures">Those of the endpoint's versions; a field of any of them may be named.</param>
    /// <param name="log">What names the fields.</param>
    /// <param name="at">Where it stands.</param>
    public static IEnumerable<Refusal> CheckFields(LogSpec log, IReadOnlyCollection<Signature> signatures, string at)
    {
        var known = signatures
            .SelectMany(signature => signature.Inputs.Concat(signature.Outputs))
            .SelectMany(spec => spec.Fields.IsDefaultOrEmpty ? [spec.Name] : spec.Fields.Prepend(spec.Name))
            .Append(UnitField).ToHashSet(StringComparer.Ordinal);
        foreach (var field in log.Treated.Where(field => !known.Contains(field)))
        {
            yield return Fault("unknown_log_field", at,
                $"No version of the endpoint has a field '{field}'; there are {List(known)}.");
        }

        if (log.Subject is { } subject && !known.Contains(subject))
        {
            yield return Fault("unknown_log_field", $"{at}.subject",
                $"No version of the endpoint has a field '{subject}'; write 'unit' or one of {List(known)}.");
        }
    }

    private static string List(IEnumerable<string> fields)
    {
        var names = fields.ToList();
        return names.Count <= 20
            ? string.Join(", ", names)
            : string.Join(", ", names.Take(20)) + $" and {names.Count - 20} more";
    }

    private static Refusal Fault(string code, string field, string message) =>
        new(RefusalKind.Invalid, code, message) { Field = field };
}
