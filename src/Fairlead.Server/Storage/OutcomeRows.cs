namespace Fairlead.Server.Storage;

// What the tables hold of answers and of what became of them. These rows are many, are written by prepared statements,
// and are neither decided nor audited.

/// <summary>The facts of one arm of one generation on one replica, since the replica started.</summary>
internal sealed class FactsRow
{
    /// <summary>The replica with the moment of its start: a process that starts again counts from zero.</summary>
    public required string Replica { get; set; }

    public int Endpoint { get; set; }

    public long Generation { get; set; }

    public required string Arm { get; set; }

    public byte[] Image { get; set; } = [];

    public long At { get; set; }
}

/// <summary>An answer that outcomes can be joined to. Its key is what the prediction id says of it.</summary>
internal sealed class AnswerRow
{
    public int Endpoint { get; set; }

    /// <summary>Milliseconds since 1970 UTC, as in the prediction id.</summary>
    public long Time { get; set; }

    /// <summary>The prediction id's randomness.</summary>
    public long Randomness { get; set; }

    public long Generation { get; set; }

    /// <summary>The arm's permanent number.</summary>
    public int Arm { get; set; }

    /// <summary>The bucket of its unit.</summary>
    public int Bucket { get; set; }

    /// <summary>The hash of its unit.</summary>
    public long Unit { get; set; }

    /// <summary>Its unit is of those that enter the endpoint's value.</summary>
    public bool Sampled { get; set; }

    /// <summary>Predicted values by the name of the output, as JSON.</summary>
    public string Labels { get; set; } = "{}";

    /// <summary>Values of fields, as JSON.</summary>
    public string Slices { get; set; } = "{}";

    /// <summary>The numbers that were asked with, as a JSON list; null where none were kept.</summary>
    public string? Features { get; set; }
}

/// <summary>A request that a candidate answered otherwise than the caller was answered; the worst are kept.</summary>
internal sealed class ShadowExampleRow
{
    public long Id { get; set; }

    public long Rollout { get; set; }

    public int Endpoint { get; set; }

    public long Time { get; set; }

    public long Randomness { get; set; }

    public long Generation { get; set; }

    /// <summary>The candidate's arm.</summary>
    public required string Arm { get; set; }

    public string PredictionId { get; set; } = "";

    /// <summary>Share of its rows that were answered otherwise.</summary>
    public double Share { get; set; }

    /// <summary>Largest difference of a number.</summary>
    public double Largest { get; set; }

    // What was asked and answered, as JSON by name; bounded where it is made.
    public string Inputs { get; set; } = "";

    public string Champion { get; set; } = "";

    public string Challenger { get; set; } = "";

    public long StoredAt { get; set; }
}

/// <summary>A score of an answer, in the forms that add up once it is known what turned out.</summary>
internal sealed class AnswerScoreRow
{
    public int Endpoint { get; set; }

    public long Time { get; set; }

    public long Randomness { get; set; }

    /// <summary>The output with its element, as metrics name it.</summary>
    public required string Output { get; set; }

    /// <summary>The score itself.</summary>
    public double Score { get; set; }

    /// <summary>The bin of the score.</summary>
    public int Bin { get; set; }

    /// <summary>The logarithmic loss should the event happen; null where the score is no probability.</summary>
    public double? LossIfTrue { get; set; }

    /// <summary>The loss should it not happen.</summary>
    public double? LossIfFalse { get; set; }
}

/// <summary>What turned out for an answer under one name.</summary>
internal sealed class OutcomeRow
{
    public int Endpoint { get; set; }

    public long Time { get; set; }

    public long Randomness { get; set; }

    public required string Name { get; set; }

    public long Generation { get; set; }

    public int Arm { get; set; }

    /// <summary>A number; null where there is only a label.</summary>
    public double? Value { get; set; }

    /// <summary>A class; null where there is only a number.</summary>
    public string? Label { get; set; }

    /// <summary>When it was joined to its answer, once and for ever; null: it waits for it.</summary>
    public long? JoinedAt { get; set; }

    /// <summary>What was predicted under this name; null where nothing was kept.</summary>
    public string? Predicted { get; set; }

    /// <summary>The answer was found; until then the outcome waits for its record to arrive.</summary>
    public bool Joined { get; set; }

    /// <summary>The bucket of the answer's unit.</summary>
    public int Bucket { get; set; }

    /// <summary>The answer's unit is of those that enter the endpoint's value.</summary>
    public bool Sampled { get; set; }

    public string Slices { get; set; } = "{}";

    /// <summary>When it turned out, in microseconds.</summary>
    public long HappenedAt { get; set; }

    public long ReceivedAt { get; set; }
}
