using Fairlead.Core.Refusals;

namespace Fairlead.Server.Tracking;

/// <summary>What is refused about runs and experiments, in the words that MLflow's clients know.</summary>
internal static class RunRefusals
{
    public static Refusal NotFound(string run) =>
        new(RefusalKind.NotFound, "run_not_found", $"Run '{run}' not found") { Field = "run_id" };

    public static Refusal NotActive(string run) => new(RefusalKind.Invalid, "run_deleted",
        $"The run {run} must be in the 'active' state. Current state is deleted.")
    { Field = "run_id" };

    public static Refusal NoExperiment(string id) => new(RefusalKind.NotFound, "experiment_not_found",
        $"No Experiment with id={id} exists")
    { Field = "experiment_id" };

    public static Refusal ExperimentNotActive(int id) => new(RefusalKind.Invalid, "experiment_deleted",
        $"The experiment {id} must be in the 'active' state. Current state is deleted.")
    { Field = "experiment_id" };

    public static Refusal Invalid(string field, string message) =>
        new(RefusalKind.Invalid, "invalid_parameter", message) { Field = field };
}
