using System.Text.Json;
using System.Text.Json.Serialization;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Endpoints;

/// <summary>Where the unit of assignment is found in a request.</summary>
public enum UnitSource
{
    /// <summary>Every request is a unit of its own; nobody is sticky.</summary>
    Request,

    /// <summary>An HTTP header, or the gRPC metadata entry of the same name.</summary>
    Header,

    /// <summary>A parameter of the request or, failing that, a named field of its rows.</summary>
    Field,
}

/// <summary>
/// An endpoint's <c>unit:</c>, written <c>request</c>, <c>header:NAME</c> or <c>field:NAME</c>. The request id that a
/// caller may send (the <c>id</c> of the Open Inference Protocol) is never the unit: it differs on every call.
/// </summary>
[JsonConverter(typeof(UnitRuleJsonConverter))]
public sealed record UnitRule(UnitSource Source, string Name)
{
    /// <summary>Every request is its own unit.</summary>
    public static UnitRule PerRequest { get; } = new(UnitSource.Request, "");

    /// <summary>Reads the written form; throws <see cref="RefusalException"/> with code <c>invalid_unit</c>.</summary>
    public static UnitRule Parse(string text)
    {
        if (text == "request")
            return PerRequest;
        if (text.StartsWith("header:", StringComparison.Ordinal) && text.Length > 7 && IsHeaderName(text.AsSpan(7)))
            return new UnitRule(UnitSource.Header, text[7..]);
        if (text.StartsWith("field:", StringComparison.Ordinal) && text.Length > 6)
            return new UnitRule(UnitSource.Field, text[6..]);

        throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_unit",
            $"unit '{text}': write 'request', 'header:NAME' or 'field:NAME'.")
        { Field = "unit" });
    }

    public override string ToString() => Source switch
    {
        UnitSource.Header => $"header:{Name}",
        UnitSource.Field => $"field:{Name}",
        _ => "request",
    };

    private static bool IsHeaderName(ReadOnlySpan<char> name)
    {
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
                return false;
        }

        return true;
    }

    private sealed class UnitRuleJsonConverter : JsonConverter<UnitRule>
    {
        public override UnitRule Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Parse(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, UnitRule value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
