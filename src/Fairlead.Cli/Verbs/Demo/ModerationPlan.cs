using Fairlead.Client.Api;
using static Fairlead.Cli.Verbs.Demo.DemoSteps;

namespace Fairlead.Cli.Verbs.Demo;

/// <summary>
/// The ladder of content moderation in compressed time: copies first, then 1, 5, 10, 25 and 100 %, with a guard on the
/// false positives of every kind of content. Nobody likes to be silenced for nothing, and one kind can hide in the
/// average of all.
/// </summary>
internal static class ModerationPlan
{
    private const string FalsePositives = "false_positive_rate:label=toxic";

    public static RolloutRequest For(string endpoint, int version) => new()
    {
        Endpoint = endpoint,
        Candidates = [new CandidateRequest { Name = "challenger", Version = version }],
        Guards =
        [
            ErrorGuard,
            new CheckRequest
            {
                Name = "false positives by kind",
                Metric = FalsePositives,
                By = "kind",
                Better = "lower",
                Margin = 0.05,
                Horizon = "anytime",
                Alpha = 0.0025,
                PlannedSamples = 300,
                MinimumSamples = 20,
                LabelDelay = DemoPlan.LabelDelay,
            },
        ],
        Steps =
        [
            new StepRequest { Mirror = 1 },
            Analyse(AnswersAlike),
            Weight(0.01),
            Pause(3),
            Weight(0.05),
            Pause(5),
            Weight(0.10),
            Pause(8),
            Weight(0.25),
            Analyse(new CheckRequest
            {
                Name = "no more false positives",
                Metric = FalsePositives,
                Better = "lower",
                Margin = 0.03,
                Horizon = "anytime",
                Alpha = 0.05,
                PlannedSamples = 1000,
                MinimumSamples = 200,
                LabelDelay = DemoPlan.LabelDelay,
            }),
            new StepRequest { Switch = new NoOptions() },
        ],
        LookEvery = TimeSpan.FromMilliseconds(500),
        Bake = TimeSpan.FromSeconds(3),
        Alias = "champion",
        Reason = "demo",
    };

    private static StepRequest Pause(int seconds) =>
        new() { Pause = new PauseStepRequest { For = TimeSpan.FromSeconds(seconds) } };
}
