using System.Text;
using Fairlead.Client.Api;
using Fairlead.Core.Refusals;
using Fairlead.Server.Outcomes;
using Fairlead.Server.Problems;

namespace Fairlead.Fuzz.Targets;

/// <summary>Reported outcomes: a strict JSON body, then the rules of each one.</summary>
internal sealed class OutcomesJson : IFuzzTarget
{
    public static string Name => "outcomes-json";

    public static IEnumerable<Type> Covers => [typeof(OutcomeRules)];

    public static IEnumerable<byte[]> Seeds =>
    [
        Encoding.UTF8.GetBytes("{\"outcomes\":[{\"predictionId\":\"AQEAAAABAAAAAQABAaILRLDOw9vv0CmYiH8K7ovhyZ4\","
            + "\"name\":\"label\",\"label\":\"good\",\"at\":\"2026-01-31T12:00:00Z\"}]}"),
        "{\"outcomes\":[{\"endpoint\":\"e\",\"unit\":\"ann\",\"name\":\"spent\",\"value\":12.5},null]}"u8.ToArray(),
    ];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        try
        {
            foreach (var item in RequestBody.Decode<OutcomesRequest>(data).Outcomes)
            {
                OutcomeRules.Check(item, DateTimeOffset.UnixEpoch.AddYears(60));
                if (item.Value is { } value && !double.IsFinite(value))
                    throw new InvalidOperationException("A value was taken that adds up to nothing.");
                if (item.Name.Length > OutcomeIntake.MaxText || (item.Value is null && item.Label is null))
                    throw new InvalidOperationException("An outcome was taken that says too much or nothing.");
            }
        }
        catch (RefusalException)
        {
            // What is wrong was said.
        }
    }
}
