using System.Text.Json.Serialization;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Models;

/// <summary>
/// The name of a model: 1 to 250 characters of any script, without <c>/ \ : @ ? # %</c> and control characters.
/// </summary>
[JsonConverter(typeof(NameJsonConverter<ModelName>))]
public readonly record struct ModelName : IName<ModelName>
{
    private readonly string? _value;

    private ModelName(string value) => _value = value;

    /// <summary>Reads a name; throws <see cref="RefusalException"/> with code <c>invalid_name</c>.</summary>
    public static ModelName Parse(string text) => new(Names.Checked(text, "model name"));

    public override string ToString() => _value ?? "";
}
