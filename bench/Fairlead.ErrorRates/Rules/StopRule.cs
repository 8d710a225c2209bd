namespace Fairlead.ErrorRates.Rules;

/// <summary>What is claimed about a rule's rate of false alarms.</summary>
internal enum Claim
{
    /// <summary>Nothing: it is shown for comparison.</summary>
    None,

    /// <summary>It equals the level.</summary>
    Equal,

    /// <summary>It is at most the level.</summary>
    AtMost,
}

/// <summary>A rule that stops a study with the finding of a difference.</summary>
/// <param name="Name">As the tables call it.</param>
/// <param name="Claim">What is claimed of its rate of false alarms.</param>
/// <param name="Level">The level of the claim.</param>
/// <param name="Begin">Begins a run: a function that is shown the looks in order and says when to stop.</param>
internal sealed record StopRule(string Name, Claim Claim, double Level, Func<Func<Look, bool>> Begin)
{
    /// <summary>It looks for a loss alone; its power is that against one as great as the others' gain.</summary>
    public bool ForHarm { get; init; }

    /// <summary>The rule that is shown studies with a gain in order to measure its power.</summary>
    public StopRule ForPower() => !ForHarm
        ? this
        : this with
        {
            Begin = () =>
            {
                var stops = Begin();
                return look => stops(look with { Difference = -look.Difference });
            },
        };
}

/// <summary>What a rule did over many runs.</summary>
internal sealed class RuleTally
{
    public int Runs { get; private set; }

    public int Stops { get; private set; }

    public double SumOfLooks { get; private set; }

    public double SumOfLifts { get; private set; }

    /// <summary>Share of the runs that the rule stopped.</summary>
    public double Rate => Stops / (double)Runs;

    /// <summary>Mean number of looks, all of them where the rule did not stop.</summary>
    public double MeanLooks => SumOfLooks / Runs;

    /// <summary>Mean estimate of the lift where the rule stopped.</summary>
    public double MeanLift => SumOfLifts / Stops;

    /// <summary>Counts a run: the look that stopped it, or how many there were.</summary>
    public void Count(Look? stop, int looks)
    {
        Runs++;
        SumOfLooks += stop?.Number ?? looks;
        if (stop is not { } look)
            return;
        Stops++;
        SumOfLifts += look.Lift;
    }

    public void Add(RuleTally other)
    {
        Runs += other.Runs;
        Stops += other.Stops;
        SumOfLooks += other.SumOfLooks;
        SumOfLifts += other.SumOfLifts;
    }

    /// <summary>
    /// Three Monte-Carlo standard errors of a rate that is truly <paramref name="level"/>: what chance alone explains.
    /// </summary>
    public double Tolerance(double level) => 3 * Math.Sqrt(level * (1 - level) / Runs);

    /// <summary>Whether the measured rate bears out the claim.</summary>
    public bool BearsOut(Claim claim, double level) => claim switch
    {
        Claim.Equal => Math.Abs(Rate - level) <= Tolerance(level),
        Claim.AtMost => Rate <= level + Tolerance(level),
        _ => true,
    };
}
