using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Demo;

/// <summary>Steps and checks that the plans of the demos share.</summary>
internal static class DemoSteps
{
    /// <summary>The guard of every demo: no more requests fail.</summary>
    public static CheckRequest ErrorGuard { get; } = new()
    {
        Name = "errors",
        Metric = "error_rate",
        Better = "lower",
        Margin = 0.002,
        Horizon = "anytime",
        Alpha = 0.0025,
    };

    /// <summary>On copies: most answers are the same.</summary>
    public static CheckRequest AnswersAlike { get; } = new()
    {
        Name = "answers alike",
        Metric = "disagreement",
        AtMost = 0.6,
        MinimumSamples = 100,
    };

    public static StepRequest Weight(double share) => new() { Weight = new WeightStepRequest { Share = share } };

    public static StepRequest Analyse(CheckRequest check) => new()
    {
        Analyse = new AnalyseStepRequest
        {
            Checks = [check],
            For = TimeSpan.FromSeconds(2),
            Within = TimeSpan.FromMinutes(2),
            OnInconclusive = "rollback",
        },
    };
}
