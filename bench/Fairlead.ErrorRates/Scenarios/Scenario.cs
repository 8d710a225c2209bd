using Fairlead.ErrorRates.Rules;

namespace Fairlead.ErrorRates.Scenarios;

/// <summary>How much to simulate.</summary>
/// <param name="Scale">Share of the full number of runs, above 0 and at most 1.</param>
/// <param name="Threads">Most threads at a time; the result does not depend on it.</param>
/// <param name="Seed">Seed of everything.</param>
internal sealed record Effort(double Scale, int Threads, ulong Seed)
{
    /// <summary>The number of runs out of the full number.</summary>
    public int Runs(int full) => Math.Max(20, (int)(full * Scale));
}

/// <summary>One line of a table: a rule and what it did without and with an effect.</summary>
internal sealed record Outcome(StopRule Rule, RuleTally Null, RuleTally Lifted)
{
    /// <summary>Whether the measured rate of false alarms bears out what is claimed of the rule.</summary>
    public bool IsBorneOut => Null.BearsOut(Rule.Claim, Rule.Level);

    /// <summary>The rules that are shown studies with a gain in order to measure their power.</summary>
    public static StopRule[] ForPower(IEnumerable<StopRule> rules) => [.. rules.Select(rule => rule.ForPower())];
}

/// <summary>Tallies of several rules over the same runs.</summary>
internal sealed class Tallies(IReadOnlyList<StopRule> rules)
{
    public RuleTally[] Each { get; } = [.. rules.Select(_ => new RuleTally())];

    /// <summary>Shows one run's looks to every rule.</summary>
    public void Show(ReadOnlySpan<Look> looks)
    {
        for (var i = 0; i < rules.Count; i++)
            Each[i].Count(FirstStop(rules[i], looks), looks.Length);
    }

    public void Add(Tallies other)
    {
        for (var i = 0; i < Each.Length; i++)
            Each[i].Add(other.Each[i]);
    }

    private static Look? FirstStop(StopRule rule, ReadOnlySpan<Look> looks)
    {
        var stops = rule.Begin();
        foreach (var look in looks)
        {
            if (stops(look))
                return look;
        }

        return null;
    }
}
