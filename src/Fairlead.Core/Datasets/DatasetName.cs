using System.Text.Json.Serialization;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Datasets;

/// <summary>
/// The name of a dataset: 1 to 250 characters of any script, without <c>/ \ : @ ? # %</c> and control characters.
/// </summary>
[JsonConverter(typeof(NameJsonConverter<DatasetName>))]
public readonly record struct DatasetName : IName<DatasetName>
{
    private readonly string? _value;

    private DatasetName(string value) => _value = value;

    /// <summary>Reads a name; throws <see cref="RefusalException"/> with code <c>invalid_name</c>.</summary>
    public static DatasetName Parse(string text) => new(Names.Checked(text, "dataset name"));

    public override string ToString() => _value ?? "";
}
