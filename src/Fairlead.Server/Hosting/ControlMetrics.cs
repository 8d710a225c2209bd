using Fairlead.Server.Monitors;
using Fairlead.Server.Outcomes;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Storage;
using Fairlead.Serving.Telemetry;

namespace Fairlead.Server.Hosting;

/// <summary>The counts of the control plane on the metrics page; exporters get the same ones.</summary>
internal sealed class ControlMetrics(
    WriteGate writes, OutcomeMeter outcomes, RolloutMeter rollouts, MonitorMeter monitors) : IMetricsSource
{
    public void Write(PrometheusWriter page)
    {
        page.Family("fairlead_control_commits_total", "counter", "Transactions of the control plane.");
        page.Sample("fairlead_control_commits_total", "", writes.Commits);
        page.Family("fairlead_control_writes_total", "counter", "Writes of the control plane that were kept.");
        page.Sample("fairlead_control_writes_total", "", writes.Kept);
        page.Family("fairlead_control_writes_refused_total", "counter",
            "Writes that were refused because too many waited.");
        page.Sample("fairlead_control_writes_refused_total", "", writes.Refused);
        page.Family("fairlead_outcomes_total", "counter", "Outcomes that were reported, by what became of them.");
        outcomes.Results.Write(page, "fairlead_outcomes_total", "result");
        page.Family("fairlead_outcome_rows_removed_total", "counter",
            "Rows past their life that were removed, by table.");
        outcomes.Removed.Write(page, "fairlead_outcome_rows_removed_total", "table");
        page.Family("fairlead_rollout_looks_total", "counter",
            "Looks of the controller at rollouts, by how they ended.");
        rollouts.Looks.Write(page, "fairlead_rollout_looks_total", "result");
        page.Family("fairlead_rollout_figures_failed_total", "counter",
            "Looks whose figures could not be read in time.");
        page.Sample("fairlead_rollout_figures_failed_total", "", rollouts.FiguresFailed);
        page.Family("fairlead_monitor_looks_total", "counter", "Looks of monitors, by how they ended.");
        monitors.Looks.Write(page, "fairlead_monitor_looks_total", "result");
    }
}
