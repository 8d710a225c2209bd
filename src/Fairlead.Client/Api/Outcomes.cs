using System.Text.Json.Serialization;

namespace Fairlead.Client.Api;

/// <summary>
/// What turned out for one prediction, named by its id, or for one unit of an endpoint, whose newest answer within the
/// attribution window it is counted for.
/// </summary>
public sealed record OutcomeItem
{
    /// <summary>The id that came with the answer; left out where <see cref="Unit"/> is given.</summary>
    public string? PredictionId { get; init; }

    /// <summary>With <see cref="Unit"/>: the endpoint.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The unit (a user, a session) as the request named it.</summary>
    public string? Unit { get; init; }

    /// <summary>Which row of the request it is about, from 0, where that had several; at most 255.</summary>
    public int? Row { get; init; }

    /// <summary>What it is: <c>label</c>, <c>click</c>, <c>revenue</c>.</summary>
    public required string Name { get; init; }

    /// <summary>A number: a reward, 0 or 1, money.</summary>
    public double? Value { get; init; }

    /// <summary>A class, to be held against the output of the same name.</summary>
    public string? Label { get; init; }

    /// <summary>When it turned out; left out: now.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>Outcomes to take in. Sending one again changes nothing; another value corrects it.</summary>
public sealed record OutcomesRequest
{
    /// <summary>At most 1,000.</summary>
    public required IReadOnlyList<OutcomeItem> Outcomes { get; init; }
}

/// <summary>An outcome that was not taken, and why.</summary>
public sealed record RefusedOutcome
{
    /// <summary>Its place in the request, from 0.</summary>
    public int Index { get; init; }

    public string Code { get; set; } = "";

    public string Message { get; set; } = "";
}

/// <summary>What became of outcomes. Each is counted once.</summary>
public sealed record OutcomesResult
{
    /// <summary>Taken, and joined to their answers.</summary>
    public int Accepted { get; init; }

    /// <summary>Taken; the record of the answer is not there yet.</summary>
    public int Pending { get; init; }

    /// <summary>Known already with the same value.</summary>
    public int Unchanged { get; init; }

    /// <summary>Known with another value, which this one replaces.</summary>
    public int Corrected { get; init; }

    public IReadOnlyList<RefusedOutcome> Refused { get; set; } = [];
}

/// <summary>What is known of an endpoint's outcomes of one name.</summary>
public sealed record OutcomeSummary
{
    public required string Endpoint { get; init; }

    public required string Name { get; init; }

    /// <summary>Outcomes that were joined to their answers.</summary>
    public long Joined { get; init; }

    /// <summary>Outcomes whose answer left no record (yet).</summary>
    public long Unmatched { get; init; }

    /// <summary>Mean time from the answer to what turned out, in seconds.</summary>
    public double MeanDelaySeconds { get; init; }

    /// <summary>How many came how late, each counted in the first bound that it kept.</summary>
    public IReadOnlyList<OutcomeDelay> Delays { get; set; } = [];
}

/// <summary>Outcomes that came within a time after their answers.</summary>
/// <param name="Within">The bound; null: later than all of them.</param>
/// <param name="Count">How many.</param>
public sealed record OutcomeDelay(
    [property: JsonConverter(typeof(DurationJsonConverter))] TimeSpan? Within, long Count);

/// <summary>Outcomes as they stand.</summary>
public sealed record OutcomesInfo
{
    /// <summary>By endpoint and name.</summary>
    public IReadOnlyList<OutcomeSummary> Endpoints { get; set; } = [];

    /// <summary>Outcomes by what became of them, since the process started: <c>matched</c>, <c>unmatched</c>,
    /// <c>joined_later</c>, <c>duplicate</c>, <c>corrected</c>, <c>forged</c>, <c>foreign</c>, <c>without_answer</c>,
    /// <c>refused</c>.</summary>
    public IReadOnlyDictionary<string, long> Results { get; set; } = new Dictionary<string, long>();

    /// <summary>Ids that this installation did not sign, since the process started.</summary>
    public long Forged { get; init; }

    /// <summary>Ids of another installation, or signed with a key that is long gone, since the process started.
    /// </summary>
    public long Foreign { get; init; }

    /// <summary>Units without an answer in their window, since the process started.</summary>
    public long WithoutAnswer { get; init; }
}
