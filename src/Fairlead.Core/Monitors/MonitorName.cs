using System.Text.Json.Serialization;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Monitors;

/// <summary>The name of a monitor, unique in an installation; what a name may be is as for endpoints.</summary>
[JsonConverter(typeof(NameJsonConverter<MonitorName>))]
public readonly record struct MonitorName : IName<MonitorName>
{
    private readonly string? _value;

    private MonitorName(string value) => _value = value;

    /// <summary>Reads a name; throws <see cref="RefusalException"/> with code <c>invalid_name</c>.</summary>
    public static MonitorName Parse(string text) => new(Names.Checked(text, "monitor name"));

    public override string ToString() => _value ?? "";
}
