using Fairlead.Client.Api;
using static Fairlead.Cli.Verbs.Demo.DemoSteps;

namespace Fairlead.Cli.Verbs.Demo;

/// <summary>The plan by which the demo ships a version: days of a careful rollout in a minute.</summary>
internal static class DemoPlan
{
    /// <summary>The request header that names the applicant, the unit of assignment.</summary>
    public const string UnitHeader = "x-applicant";

    /// <summary>How long after an answer its label is known, in compressed time.</summary>
    public static readonly TimeSpan LabelDelay = TimeSpan.FromSeconds(1);

    private const string Accuracy = "accuracy:label";

    /// <summary>Copies first, then 5 %, 25 %, 50 % and everything; guards are armed all the time.</summary>
    public static RolloutRequest For(string endpoint, int version) => new()
    {
        Endpoint = endpoint,
        Candidates = [new CandidateRequest { Name = "challenger", Version = version }],
        Guards =
        [
            ErrorGuard,
            new CheckRequest
            {
                Name = "accuracy holds",
                Metric = Accuracy,
                Better = "higher",
                Margin = 0.02,
                Horizon = "anytime",
                Alpha = 0.0025,
                PlannedSamples = 500,
                MinimumSamples = 30,
                LabelDelay = LabelDelay,
            },
        ],
        Steps =
        [
            new StepRequest { Mirror = 1 },
            Analyse(AnswersAlike),
            Weight(0.05),
            Analyse(Better("not far worse", margin: 0.15, minimum: 30)),
            Weight(0.25),
            Analyse(Better("not much worse", margin: 0.06, minimum: 200)),
            Weight(0.5),
            Analyse(new CheckRequest
            {
                Name = "as good",
                Metric = Accuracy,
                Better = "higher",
                Margin = 0.03,
                Horizon = "scheduled",
                Alpha = 0.05,
                PlannedSamples = 4000,
                Looks = 4,
                MinimumSamples = 200,
                LabelDelay = LabelDelay,
            }),
            new StepRequest { Switch = new NoOptions() },
        ],
        LookEvery = TimeSpan.FromMilliseconds(500),
        Bake = TimeSpan.FromSeconds(3),
        Alias = "champion",
        Reason = "demo",
    };

    private static CheckRequest Better(string name, double margin, int minimum) => new()
    {
        Name = name,
        Metric = Accuracy,
        Better = "higher",
        Margin = margin,
        Horizon = "anytime",
        Alpha = 0.05,
        PlannedSamples = 1000,
        MinimumSamples = minimum,
        LabelDelay = LabelDelay,
    };
}
