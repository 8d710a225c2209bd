using System.Globalization;
using Fairlead.Client.Api;
using Fairlead.Web.Components;

namespace Fairlead.Web.Rollouts;

/// <summary>What is filled in to start a rollout. Pure.</summary>
public sealed class StartForm
{
    private static readonly double[] CanaryRungs = [5, 25, 50, 100];

    /// <summary>The strategies that need nothing more than a version, with what they do.</summary>
    public static IReadOnlyList<(string Name, string About)> Strategies { get; } =
    [
        ("canary", "Climbs share by share; guards stop it at any moment, and it goes back by itself."),
        ("blue-green", "The new version is placed and looked at, then everything is switched at once."),
        ("shadow", "Only copies go to the new version: nobody gets its answers."),
        ("all-at-once", "Everything is switched as soon as the new version is placed; guards watch it."),
    ];

    public string Endpoint { get; set; } = "";

    public int Version { get; set; }

    public string Strategy { get; set; } = "canary";

    /// <summary>Shares in per cent, such as <c>5, 25, 50</c>; empty: the strategy's own.</summary>
    public string Weights { get; set; } = "";

    /// <summary>Minutes on each share.</summary>
    public string Minutes { get; set; } = "10";

    public bool Approve { get; set; }

    public string Reason { get; set; } = "";

    /// <summary>The strategy climbs shares.</summary>
    public bool HasRungs => Strategy == "canary";

    public string About => Strategies.First(each => each.Name == Strategy).About;

    /// <summary>What is sent; throws <see cref="FormatException"/> saying what cannot be.</summary>
    public RolloutRequest Request() => new()
    {
        Endpoint = Endpoint,
        Candidates = [new CandidateRequest { Version = Version }],
        Strategy = Strategy,
        Options = Options(),
        Reason = Reason.Trim() is { Length: > 0 } reason ? reason : null,
    };

    /// <summary>How long it takes at least, and what the new version is asked meanwhile.</summary>
    /// <param name="perSecond">Requests a second that the endpoint is asked now.</param>
    public string Outlook(double perSecond)
    {
        if (!HasRungs)
            return perSecond > 0 ? $"The endpoint is asked {Words.Rate(perSecond)} now." : "Nothing is asked now.";
        var shares = Shares() ?? CanaryRungs;
        var interval = TimeSpan.FromMinutes(ParseMinutes());
        var total = interval * shares.Length;
        var text = $"It takes at least {Words.Long(total)}: {shares.Length} shares of {Words.Long(interval)}.";
        if (perSecond <= 0)
            return text + " Nothing is asked now, and checks wait until they have enough.";
        var first = perSecond * interval.TotalSeconds * shares[0] / 100;
        var all = shares.Sum(share => perSecond * interval.TotalSeconds * share / 100);
        return text + $" At today's {Words.Rate(perSecond)} the new version is asked about {Words.Count(first)} times "
            + $"on the first share and {Words.Count(all)} times on all.";
    }

    private StrategyRequest? Options() => HasRungs
        ? new StrategyRequest
        {
            Weights = Shares() is { } shares ? [.. shares.Select(share => share / 100)] : null,
            Interval = TimeSpan.FromMinutes(ParseMinutes()),
            Approve = Approve,
        }
        : Approve ? new StrategyRequest { Approve = true } : null;

    private double[]? Shares()
    {
        var parts = Weights.Split([',', ' ', '%', ';'], StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 0
            ? null
            :
            [
                .. parts.Select(part =>
                    double.TryParse(part, CultureInfo.InvariantCulture, out var share) && share is > 0 and <= 100
                        ? share
                        : throw new FormatException($"'{part}' is no share in per cent, such as 5 or 25.")),
            ];
    }

    private double ParseMinutes() =>
        double.TryParse(Minutes, CultureInfo.InvariantCulture, out var minutes) && minutes is >= 0 and <= 43_200
            ? minutes
            : throw new FormatException($"'{Minutes}' is no number of minutes, such as 10.");
}
