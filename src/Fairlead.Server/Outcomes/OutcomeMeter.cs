using System.Diagnostics.Metrics;
using Fairlead.Server.Storage;
using Fairlead.Serving.Telemetry;

namespace Fairlead.Server.Outcomes;

/// <summary>Counts reported outcomes by what became of them, since the process started.</summary>
internal sealed class OutcomeMeter : IDisposable
{
    /// <summary>Taken and joined to their answers at once.</summary>
    public const string Matched = "matched";

    /// <summary>Taken; no record of the answer was there yet.</summary>
    public const string Unmatched = "unmatched";

    /// <summary>Joined later, once the record of the answer had come.</summary>
    public const string JoinedLater = "joined_later";

    /// <summary>Known already with the same value.</summary>
    public const string Duplicate = "duplicate";

    /// <summary>Another value took the place of the one before.</summary>
    public const string Corrected = "corrected";

    /// <summary>The id names a key of ours, and its signature is not ours; or it is no id at all.</summary>
    public const string Forged = "forged";

    /// <summary>The id was signed with a key that is not known here: another installation's, or one long
    /// gone.</summary>
    public const string Foreign = "foreign";

    /// <summary>A unit had no answer in its window.</summary>
    public const string WithoutAnswer = "without_answer";

    /// <summary>Refused for what was written or for who wrote it.</summary>
    public const string Refused = "refused";

    private readonly Meter _meter = new(WriteGate.MeterName);

    public OutcomeMeter()
    {
        Results.Observe(
            _meter, "fairlead.outcomes", "fairlead.result", "Outcomes that were reported, by what became of them");
        Removed.Observe(
            _meter, "fairlead.outcome_rows_removed", "fairlead.table", "Rows past their life that were removed");
    }

    public ReasonCounts Results { get; } = new(
        Matched, Unmatched, JoinedLater, Duplicate, Corrected, Forged, Foreign, WithoutAnswer, Refused);

    /// <summary>Rows past their life that were removed, by table.</summary>
    public ReasonCounts Removed { get; } = new("answers", "answer_scores", "outcomes", "shadow_examples", "facts");

    public void Dispose() => _meter.Dispose();
}
