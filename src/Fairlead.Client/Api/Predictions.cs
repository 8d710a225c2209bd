using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fairlead.Client.Api;

/// <summary>A question to the prediction log.</summary>
public sealed record QueryPredictionsRequest
{
    /// <summary>
    /// One SELECT in DuckDB's SQL. Each endpoint is a view of its name, and <c>predictions</c> is all of them together.
    /// </summary>
    public required string Sql { get; init; }

    /// <summary>The endpoints that the question is about; left out: all that the caller may ask.</summary>
    public IReadOnlyList<string>? Endpoints { get; init; }

    /// <summary>Most rows of the answer, 1 to 100,000. Default 1,000.</summary>
    public int MaxRows { get; set; } = 1000;

    /// <summary>Longest time to the answer, 1 s to 5 min. Default 30 s.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>A column of an answer.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, as DuckDB names it.</param>
public sealed record QueriedColumn(string Name, string Type);

/// <summary>The answer to a question to the prediction log.</summary>
public sealed record QueriedPredictions
{
    public required IReadOnlyList<QueriedColumn> Columns { get; init; }

    /// <summary>
    /// A list of rows, each a list of one value a column; times are ISO 8601 in UTC, numbers without a finite value are
    /// texts. One document, for answers of many values.
    /// </summary>
    public required JsonElement Rows { get; init; }

    /// <summary>There were more rows than were asked for, or than an answer holds (16 MiB).</summary>
    public bool Truncated { get; init; }

    /// <summary>
    /// Replicas that serve as well and whose records are not in this answer, or not the newest of them: without a
    /// bucket each keeps its own and is asked by itself; with one, those that did not answer.
    /// </summary>
    public IReadOnlyList<string> NotIncluded { get; set; } = [];
}

/// <summary>What becomes of a request to forget a person.</summary>
public sealed record ForgottenPredictions
{
    /// <summary>The number under which every replica works through it.</summary>
    public long Id { get; init; }

    /// <summary>The keyed hash of the person, as in the column <c>subject</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>Records of this moment and before are removed.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Rows that were removed on the replica that answered.</summary>
    public long Rows { get; init; }

    /// <summary>Answers, scores, examples and outcomes that were removed from the database.</summary>
    public long Outcomes { get; init; }
}

/// <summary>A person to forget.</summary>
public sealed record ForgetPredictionsRequest
{
    /// <summary>The value of the endpoint's <c>subject</c>: of the field, or of the unit.</summary>
    public required string Subject { get; init; }

    /// <summary>Why, for the audit log, which holds the person's hash only.</summary>
    public required string Reason { get; init; }
}
