using System.Text.Json.Serialization;

namespace Fairlead.Client.Api;

/// <summary>What an endpoint is worth beside its control group.</summary>
public sealed record EndpointValueInfo
{
    public required string Endpoint { get; init; }

    /// <summary><c>outcome:NAME</c> per unit, or <c>outcome:NAME/OTHER</c>, a ratio.</summary>
    public string Metric { get; set; } = "";

    /// <summary>The unit of the values, such as <c>EUR</c>; empty: none.</summary>
    public string Unit { get; set; } = "";

    /// <summary>Predictions younger than this do not enter, in any group.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan LabelDelay { get; init; }

    /// <summary>When the first prediction that enters was answered; null: none enters yet.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Predictions after this do not enter.</summary>
    public DateTimeOffset Until { get; init; }

    /// <summary>What the others are held against: <c>holdout</c>, or the arm that was named.</summary>
    public string Against { get; set; } = "";

    /// <summary>The control group.</summary>
    public ValueGroup Control { get; set; } = new();

    /// <summary>The units that are answered as usual.</summary>
    public ValueGroup Treated { get; set; } = new();

    /// <summary>The difference per unit, or of the ratios; null when there is not enough data.</summary>
    public ValueInterval? PerUnit { get; init; }

    /// <summary>The difference over everything that was answered as usual; null when there is not enough.</summary>
    public ValueInterval? Total { get; init; }

    /// <summary>With this confidence the intervals hold, whenever and however often one looks.</summary>
    public double Confidence { get; init; }

    /// <summary>
    /// Share of the units whose answers enter, the same units in both groups: the groups count those, and the total is
    /// of all units.
    /// </summary>
    public double Sample { get; set; } = 1;

    /// <summary>Why nothing can be said yet; null when something can.</summary>
    public string? NotEnough { get; init; }
}

/// <summary>One of the two groups.</summary>
public sealed record ValueGroup
{
    /// <summary>Units that were answered.</summary>
    public long Units { get; init; }

    /// <summary>Sum of the outcome's values; a unit without an outcome counts with 0.</summary>
    public double Sum { get; init; }

    /// <summary>The value per unit, or the ratio; null when there is nothing to divide by.</summary>
    public double? Value { get; init; }
}

/// <summary>An estimate with its interval.</summary>
public sealed record ValueInterval(double Value, double Low, double High);
