using Fairlead.Core.Refusals;
using Fairlead.Core.Tracking;

namespace Fairlead.Server.Tracking.Mlflow;

/// <summary>Keys, values and lists of a request, held against the limits.</summary>
internal static class MlflowTexts
{
    public static string Checked(this MlflowObject given, string name, int maxLength)
    {
        var text = given.Required(name);
        Throw(TrackingRules.WhyNotText(name, text, maxLength));
        return text;
    }

    public static string? CheckedOptional(this MlflowObject given, string name, int maxLength)
    {
        var text = given.Text(name);
        Throw(TrackingRules.WhyNotText(name, text, maxLength));
        return text;
    }

    public static string Key(this MlflowObject given, string what)
    {
        var key = given.Text("key");
        Throw(TrackingRules.WhyNotKey(what, key));
        return key!;
    }

    /// <summary>A tag of a run: a value that is too long is cut, as MLflow does.</summary>
    public static LoggedPair RunTag(this MlflowObject given) => new(
        given.Key("tag"), TrackingRules.Truncated(given.Text("value") ?? "", TrackingRules.MaxTagValue));

    /// <summary>A parameter: a value that is too long is cut, as MLflow does.</summary>
    public static LoggedPair Parameter(this MlflowObject given) => new(
        given.Key("param"), TrackingRules.Truncated(given.Text("value") ?? "", TrackingRules.MaxParameterValue));

    /// <summary>Tags of anything but a run, by key.</summary>
    public static SortedDictionary<string, string> Tags(this MlflowObject given, int maxValue)
    {
        var tags = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in given.Objects("tags"))
        {
            var key = tag.Key("tag");
            tags[key] = tag.TagValue(maxValue);
        }

        return tags;
    }

    public static string TagValue(this MlflowObject given, int maxValue)
    {
        var value = given.Text("value") ?? "";
        Throw(TrackingRules.WhyNotText("value", value, maxValue));
        return value;
    }

    /// <summary>Whether a search asks for what lives (false), is deleted (true), or both (null).</summary>
    public static bool? Deleted(this MlflowObject given, string name) => given.Text(name) switch
    {
        null or "" or "ACTIVE_ONLY" => false,
        "DELETED_ONLY" => true,
        "ALL" => null,
        var other => throw given.Refused(name, $"'{other}' is none of ACTIVE_ONLY, DELETED_ONLY and ALL."),
    };

    public static void Throw(Refusal? refusal)
    {
        if (refusal is not null)
            throw new RefusalException(refusal);
    }
}
