using Fairlead.Core.Alerts;

namespace Fairlead.Server.Alerts;

/// <summary>What one evaluation said about one thing.</summary>
/// <param name="Labels">
/// What it is about. <c>monitor</c>, <c>endpoint</c> and <c>severity</c> are always among them; often <c>variant</c>,
/// <c>version</c> and <c>column</c>.
/// </param>
/// <param name="Reading">What was said.</param>
internal sealed record AlertSubject(AlertLabels Labels, AlertReading Reading);

/// <summary>Who makes the alerts.</summary>
/// <param name="Monitor">The monitor's number, never given to another one.</param>
/// <param name="Name">Its name.</param>
/// <param name="Policy">The times of its alerts.</param>
/// <param name="Receivers">Names of those whom its alerts are told to.</param>
internal sealed record AlertSource(long Monitor, string Name, AlertPolicy Policy, IReadOnlyList<string> Receivers);

/// <summary>An alert after an evaluation.</summary>
internal sealed record AlertNow(AlertLabels Labels, AlertState State);
