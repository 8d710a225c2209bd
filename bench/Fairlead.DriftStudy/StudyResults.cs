using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fairlead.DriftStudy;

/// <summary>What was measured, whole or a part: parts join, so that the study need not run in one go.</summary>
internal sealed record StudyResults
{
    private static readonly JsonSerializerOptions Form = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        WriteIndented = true,
    };

    public List<StableResult> Stable { get; init; } = [];

    public List<RareNamesResult> RareNames { get; init; } = [];

    public List<DelayResult> Delays { get; init; } = [];

    public List<AgreementRow> Agreement { get; init; } = [];

    /// <summary>False alarms at a rate by which the thresholds of the other tools are raised: of the first
    /// seed.</summary>
    public StableResult? StableAt(int rate, ulong seed) =>
        Stable.Find(each => each.Rate == rate && each.Seed == seed);

    public static StudyResults Read(string file) =>
        JsonSerializer.Deserialize<StudyResults>(File.ReadAllText(file), Form)
        ?? throw new InvalidDataException($"{file} holds no results of this study.");

    public void Write(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this, Form));

    public void Add(StudyResults other)
    {
        Stable.AddRange(other.Stable);
        RareNames.AddRange(other.RareNames);
        Delays.AddRange(other.Delays);
        Agreement.AddRange(other.Agreement);
    }
}
