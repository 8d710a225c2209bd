using System.Globalization;
using System.Text.Json;
using Fairlead.Core.Refusals;

namespace Fairlead.Server.Tracking.Mlflow;

/// <summary>
/// One object of a request, read strictly: what has the wrong type is refused and never taken for something else.
/// Fields that are not known are passed over, and null is as good as absent, as the protocol has it.
/// </summary>
/// <param name="element">The object.</param>
/// <param name="at">Where it stood, such as <c>metrics[3].</c>; empty for the whole request.</param>
internal readonly struct MlflowObject(JsonElement element, string at = "")
{
    /// <summary>A text; null when it is absent.</summary>
    public string? Text(string name)
    {
        if (Find(name) is not { } found)
            return null;
        if (found.ValueKind != JsonValueKind.String)
            throw Invalid(name, found);
        var text = found.GetString()!;
        return text.Contains('\0') ? throw Refused(name, "it contains the character U+0000.") : text;
    }

    /// <summary>A text that must be there and not be empty.</summary>
    public string Required(string name) =>
        Text(name) is { Length: > 0 } text ? text : throw Missing(name);

    /// <summary>A whole number, also written as a text, as the protocol allows.</summary>
    public long? Integer(string name)
    {
        if (Find(name) is not { } found)
            return null;
        switch (found.ValueKind)
        {
            case JsonValueKind.Number when found.TryGetInt64(out var number):
                return number;
            case JsonValueKind.Number when found.TryGetDouble(out var real) && real == Math.Floor(real)
                && Math.Abs(real) < 9e15:
                return (long)real;
            case JsonValueKind.String when long.TryParse(
                found.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var written):
                return written;
            default:
                throw Invalid(name, found);
        }
    }

    public long RequiredInteger(string name) => Integer(name) ?? throw Missing(name);

    /// <summary>A whole number between bounds; what is absent is the default.</summary>
    public int Integer(string name, int absent, int least, int most)
    {
        var number = Integer(name) ?? absent;
        return number >= least && number <= most
            ? (int)number
            : throw new RefusalException(RunRefusals.Invalid(at + name, string.Create(CultureInfo.InvariantCulture,
                $"Invalid value {number} for parameter '{at}{name}' supplied. It must be at least {least} and ")
                + string.Create(CultureInfo.InvariantCulture, $"at most {most}.")));
    }

    /// <summary>A number, or one of the texts <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c>.</summary>
    public double RequiredReal(string name)
    {
        var found = Find(name) ?? throw Missing(name);
        switch (found.ValueKind)
        {
            case JsonValueKind.Number when found.TryGetDouble(out var number):
                return number;
            case JsonValueKind.String:
                var text = found.GetString();
                return text switch
                {
                    "NaN" or "nan" => double.NaN,
                    "Infinity" or "inf" => double.PositiveInfinity,
                    "-Infinity" or "-inf" => double.NegativeInfinity,
                    _ when double.TryParse(text, NumberStyles.Float & ~NumberStyles.AllowLeadingWhite
                        & ~NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var written) => written,
                    _ => throw Invalid(name, found),
                };
            default:
                throw Invalid(name, found);
        }
    }

    public bool Flag(string name) => Find(name) switch
    {
        null => false,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.String } found when found.GetString() is "true" or "True" => true,
        { ValueKind: JsonValueKind.String } found when found.GetString() is "false" or "False" => false,
        { } found => throw Invalid(name, found),
    };

    /// <summary>Texts; one by itself counts as a list of one, as an address cannot tell them apart.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        if (Find(name) is not { } found)
            return [];
        if (found.ValueKind == JsonValueKind.String)
            return [Text(name)!];
        if (found.ValueKind != JsonValueKind.Array)
            throw Invalid(name, found);
        var texts = new List<string>(found.GetArrayLength());
        foreach (var item in found.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String)
                throw Invalid(name, found);
            texts.Add(item.GetString()!);
        }

        return texts.Exists(text => text.Contains('\0'))
            ? throw Refused(name, "it contains the character U+0000.")
            : texts;
    }

    /// <summary>Objects in a list.</summary>
    public IReadOnlyList<MlflowObject> Objects(string name)
    {
        if (Find(name) is not { } found)
            return [];
        if (found.ValueKind != JsonValueKind.Array)
            throw Invalid(name, found);
        var objects = new List<MlflowObject>(found.GetArrayLength());
        foreach (var item in found.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object)
                throw Invalid(name, found);
            objects.Add(new MlflowObject(item, $"{at}{name}[{objects.Count}]."));
        }

        return objects;
    }

    /// <summary>An object inside this one; null when it is absent.</summary>
    public MlflowObject? Object(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } found => new MlflowObject(found, $"{at}{name}."),
        { } found => throw Invalid(name, found),
    };

    public bool Has(string name) => Find(name) is not null;

    public RefusalException Missing(string name) => new(RunRefusals.Invalid(at + name,
        $"Missing value for required parameter '{at}{name}'. See the API docs for more information about request "
        + "parameters."));

    public RefusalException Refused(string name, string why) =>
        new(RunRefusals.Invalid(at + name, $"Invalid value for parameter '{at}{name}' supplied: {why}"));

    private RefusalException Invalid(string name, JsonElement found)
    {
        var raw = found.GetRawText();
        return new RefusalException(RunRefusals.Invalid(at + name,
            $"Invalid value {(raw.Length > 100 ? raw[..100] + "…" : raw)} for parameter '{at}{name}' supplied. See "
            + "the API docs for more information about request parameters."));
    }

    private JsonElement? Find(string name) =>
        element.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null ? found : null;
}
