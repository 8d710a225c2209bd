namespace Fairlead.Core.Access;

/// <summary>What the holder of a key may do; each role includes the ones before it.</summary>
public enum Role
{
    /// <summary>Reads everything but keys.</summary>
    Viewer,

    /// <summary>Asks endpoints for predictions.</summary>
    Predictor,

    /// <summary>Registers versions, moves aliases, changes endpoints.</summary>
    Operator,

    /// <summary>Manages keys and reads the audit log.</summary>
    Admin,
}
