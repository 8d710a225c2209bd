using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Tracking;

/// <summary>
/// What may be logged: the limits of MLflow, so that what its clients send is taken. Lengths are in characters as
/// Python counts them (code points). Pure.
/// </summary>
public static partial class TrackingRules
{
    public const int MaxExperimentName = 500;
    public const int MaxKey = 250;
    public const int MaxParameterValue = 6_000;
    public const int MaxTagValue = 8_000;
    public const int MaxExperimentTagValue = 5_000;
    public const int MaxRegistryTagValue = 100_000;
    public const int MaxInputTagKey = 255;
    public const int MaxUser = 256;
    public const int MaxDatasetName = 500;
    public const int MaxDatasetDigest = 36;
    public const int MaxDatasetSource = 65_535;
    public const int MaxDatasetSchema = 1_048_575;
    public const int MaxDatasetProfile = 16_777_215;
    public const int MaxInputTagValue = 500;

    /// <summary>Most metrics of one request; also most of everything in one.</summary>
    public const int MaxBatch = 1_000;

    /// <summary>Most parameters of one request, and most tags.</summary>
    public const int MaxBatchPairs = 100;

    /// <summary>
    /// Says what is wrong with the key of a metric, parameter or tag; null when nothing is. Keys are used as file names
    /// by MLflow's own stores, so they must be a plain relative path.
    /// </summary>
    public static Refusal? WhyNotKey(string what, string? key)
    {
        if (string.IsNullOrEmpty(key))
            return Fault("key", $"Missing value for required parameter 'key'. A {what} needs a name.");
        if (Length(key) > MaxKey)
        {
            return Fault("key", $"{what} name '{Shown(key)}' had length {Length(key)}, which exceeded length limit of "
                + $"{MaxKey}.");
        }

        if (!KeyCharacters().IsMatch(key))
        {
            return Fault("key", $"Invalid {what} name: '{Shown(key)}'. Names may only contain alphanumerics, "
                + "underscores (_), dashes (-), periods (.), spaces ( ), colons (:) and slashes (/).");
        }

        var isPlain = !key.StartsWith('/') && key.Split('/').All(part => part is not ("" or "." or ".."));
        return isPlain
            ? null
            : Fault("key", $"Invalid {what} name: '{Shown(key)}'. Names may be treated as files in certain cases, and "
                + "must not resolve to other names when treated as such.");
    }

    /// <summary>Says what is wrong with a text; null when nothing is.</summary>
    public static Refusal? WhyNotText(string field, string? text, int maxLength)
    {
        if (text is null)
            return null;
        if (text.Contains('\0'))
            return Fault(field, $"Invalid value for parameter '{field}': it contains the character U+0000.");
        return text.Length <= maxLength || Length(text) <= maxLength
            ? null
            : Fault(field, $"Invalid value for parameter '{field}': it had length {Length(text)}, which exceeded "
                + $"length limit of {maxLength}.");
    }

    /// <summary>Says what is wrong with an alias that a client of MLflow sets; null when nothing is.</summary>
    public static Refusal? WhyNotAlias(string alias) => AliasCharacters().IsMatch(alias)
        ? null
        : Fault("alias", $"Invalid alias name: '{Shown(alias)}'. Names may only contain alphanumerics, underscores (_) "
            + "and dashes (-).");

    /// <summary>Says what is wrong with the name of a logged model; null when nothing is.</summary>
    public static Refusal? WhyNotLoggedModelName(string name) => !name.AsSpan().ContainsAny(NotInLoggedModels)
        ? null
        : Fault("name", $"Invalid model name: '{Shown(name)}'. It cannot contain any of / : . % \" and '.");

    /// <summary>Cuts a value to a length, never through a character, as MLflow does with values that are too long.
    /// </summary>
    public static string Truncated(string value, int maxLength)
    {
        if (value.Length <= maxLength)
            return value;
        var kept = new StringBuilder(maxLength);
        var count = 0;
        foreach (var rune in value.EnumerateRunes())
        {
            if (count++ == maxLength)
                break;
            kept.Append(rune.ToString());
        }

        return kept.ToString();
    }

    /// <summary>
    /// Says why a parameter cannot be logged again; null when it has the same value. Parameters never change.
    /// </summary>
    public static Refusal? WhyNotParameter(string run, string key, string present, string wanted) =>
        string.Equals(present, wanted, StringComparison.Ordinal)
            ? null
            : new Refusal(RefusalKind.Invalid, "parameter_changed",
                "Changing param values is not allowed. Params were already logged="
                + $"'[{{'key': '{key}', 'old value': '{Shown(present)}', 'new value': '{Shown(wanted)}'}}]' for run "
                + $"ID='{run}'.")
            { Field = "params" };

    /// <summary>The number that is stored for a metric: infinities become the largest ones, as with MLflow.</summary>
    public static double Stored(double value) => double.IsPositiveInfinity(value) ? double.MaxValue
        : double.IsNegativeInfinity(value) ? double.MinValue : value;

    private static readonly SearchValues<char> NotInLoggedModels = SearchValues.Create("/:.%\"'");

    /// <summary>Code points, as Python counts.</summary>
    private static int Length(string text)
    {
        var length = text.Length;
        foreach (var c in text)
        {
            if (char.IsLowSurrogate(c))
                length--;
        }

        return length;
    }

    private static string Shown(string text) => Truncated(text, 100);

    private static Refusal Fault(string field, string message) =>
        new(RefusalKind.Invalid, "invalid_value", message) { Field = field };

    [GeneratedRegex(@"^[/\w.\- :]*\z", RegexOptions.None, matchTimeoutMilliseconds: 100)]
    private static partial Regex KeyCharacters();

    [GeneratedRegex(@"^[\w\-]*\z", RegexOptions.None, matchTimeoutMilliseconds: 100)]
    private static partial Regex AliasCharacters();
}

/// <summary>What a run is doing; the numbers are stored.</summary>
public enum RunStatus
{
    Running = 1,
    Scheduled = 2,
    Finished = 3,
    Failed = 4,
    Killed = 5,
}

/// <summary>Statuses as the wire writes them.</summary>
public static class RunStatuses
{
    private static readonly (RunStatus Status, string Name)[] Names =
    [
        (RunStatus.Running, "RUNNING"), (RunStatus.Scheduled, "SCHEDULED"), (RunStatus.Finished, "FINISHED"),
        (RunStatus.Failed, "FAILED"), (RunStatus.Killed, "KILLED"),
    ];

    public static string NameOf(RunStatus status) => Names.First(each => each.Status == status).Name;

    /// <summary>Reads a name; null for one that is none.</summary>
    public static RunStatus? Of(string name)
    {
        foreach (var each in Names)
        {
            if (each.Name == name)
                return each.Status;
        }

        return null;
    }

    /// <summary>The names, for refusals.</summary>
    public static string All => string.Join(", ", Names.Select(each => $"'{each.Name}'"));
}

/// <summary>Names for runs whose author gave none.</summary>
public static class RunNames
{
    private static readonly string[] Adjectives =
    [
        "amber", "brave", "brisk", "calm", "clear", "coastal", "deft", "eager", "even", "fair", "fleet", "gentle",
        "hardy", "keen", "level", "lively", "mild", "neat", "nimble", "open", "polar", "quiet", "ready", "round",
        "salty", "sleek", "smart", "steady", "sunny", "swift", "trim", "true", "upbeat", "warm", "wide", "windward",
    ];

    private static readonly string[] Nouns =
    [
        "anchor", "beacon", "binnacle", "bollard", "bosun", "bow", "buoy", "capstan", "cleat", "compass", "cutter",
        "davit", "dory", "fender", "gale", "galley", "halyard", "harbor", "helm", "hull", "jib", "keel", "lantern",
        "mast", "mooring", "oar", "pilot", "port", "rigging", "rudder", "sail", "sextant", "sloop", "spar", "tide",
        "tiller",
    ];

    /// <summary>A name of two words and a number below 1,000, such as <c>steady-keel-412</c>.</summary>
    public static string Of(Random random) => string.Create(CultureInfo.InvariantCulture,
        $"{Adjectives[random.Next(Adjectives.Length)]}-{Nouns[random.Next(Nouns.Length)]}-{random.Next(1000)}");
}
