using System.Text.Json.Serialization;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Endpoints;

/// <summary>The name of an arm within its endpoint, such as <c>stable</c>.</summary>
[JsonConverter(typeof(NameJsonConverter<VariantName>))]
public readonly record struct VariantName : IName<VariantName>
{
    private readonly string? _value;

    private VariantName(string value) => _value = value;

    /// <summary>Reads a name; throws <see cref="RefusalException"/> with code <c>invalid_name</c>.</summary>
    public static VariantName Parse(string text) => new(Names.Checked(text, "variant name"));

    public override string ToString() => _value ?? "";
}
