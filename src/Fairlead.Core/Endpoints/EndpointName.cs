using System.Text.Json.Serialization;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Endpoints;

/// <summary>
/// The stable name that callers use: 1 to 250 characters of any script, without <c>/ \ : @ ? # %</c> and control
/// characters.
/// </summary>
[JsonConverter(typeof(NameJsonConverter<EndpointName>))]
public readonly record struct EndpointName : IName<EndpointName>
{
    private readonly string? _value;

    private EndpointName(string value) => _value = value;

    /// <summary>Reads a name; throws <see cref="RefusalException"/> with code <c>invalid_name</c>.</summary>
    public static EndpointName Parse(string text) => new(Names.Checked(text, "endpoint name"));

    public override string ToString() => _value ?? "";
}
