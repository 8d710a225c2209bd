namespace Fairlead.Core.Checks;

/// <summary>What a check says, from best to worst; of several verdicts the worst counts.</summary>
public enum CheckVerdict
{
    /// <summary>The rule holds, and enough was seen to say so.</summary>
    Pass,

    /// <summary>
    /// Nothing can be said yet: too few samples, too short a time, no data, or arms that were not divided as planned.
    /// Never taken for success.
    /// </summary>
    Inconclusive,

    /// <summary>The rule is broken, with the stated error rate.</summary>
    Fail,

    /// <summary>The check itself could not be carried out.</summary>
    Error,
}

/// <summary>What becomes of a check that gets no data for longer than its patience.</summary>
public enum NoDataPolicy
{
    /// <summary>Stays inconclusive; the step's deadline decides. The default.</summary>
    Hold,

    /// <summary>Counts as failed.</summary>
    Fail,

    /// <summary>Counts as passed. Only for checks that watch something rare.</summary>
    Pass,
}
