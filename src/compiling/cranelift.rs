//! Cranelift: 실행 중에 이 기계의 기계어를 만듦.

use std::mem;

use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{
    AbiParam, InstBuilder, MemFlagsData, Signature, Value, types,
};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{Linkage, Module, default_libcall_names};

use super::expr::{Expr, Op};
use lab::{Ctx, Failure};

/// `f(x)`.
type Single = extern "C" fn(f64) -> f64;
/// `loop(in, out, len)`.
type Whole = unsafe extern "C" fn(*const f64, *mut f64, usize);

/// 기계어로 바꾼 식. 버리면 기계어가 있던 메모리도 돌려줌.
pub struct Machine {
    module: Option<JITModule>,
    single: Single,
    whole: Whole,
    /// `f`의 중간 표현.
    pub ir: Vec<String>,
}

impl Machine {
    pub fn new(expr: &Expr, _: &Ctx) -> Result<Self, Failure> {
        build(expr).map_err(|why| {
            let why = format!("이 기계에서는 기계어를 만들 수 없음: {why}");
            Failure::Unavailable(why)
        })
    }

    pub fn single(&self, x: f64) -> f64 {
        (self.single)(x)
    }

    /// `out`의 길이만큼만 셈함.
    pub fn whole(&self, xs: &[f64], out: &mut [f64]) {
        let len = xs.len().min(out.len());
        // SAFETY: 두 조각이 모두 len개 이상이고 겹치지 않음
        unsafe { (self.whole)(xs.as_ptr(), out.as_mut_ptr(), len) }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if let Some(module) = self.module.take() {
            // SAFETY: 함수 포인터는 이 구조체 밖으로 나간 적이 없음
            unsafe { module.free_memory() }
        }
    }
}

fn build(expr: &Expr) -> Result<Machine, Box<dyn std::error::Error>> {
    let builder = JITBuilder::with_flags(
        &[("opt_level", "speed")],
        default_libcall_names(),
    )?;
    let mut module = JITModule::new(builder);
    let pointer = module.target_config().pointer_type();
    let mut single = module.make_signature();
    single.params.push(AbiParam::new(types::F64));
    single.returns.push(AbiParam::new(types::F64));
    let mut whole = module.make_signature();
    whole.params.extend([AbiParam::new(pointer); 3]);

    let mut ir = Vec::new();
    let mut define = |name, signature: Signature, body: Body| {
        let id = module.declare_function(name, Linkage::Export, &signature)?;
        let mut ctx = module.make_context();
        ctx.func.signature = signature;
        let mut shared = FunctionBuilderContext::new();
        let mut function = FunctionBuilder::new(&mut ctx.func, &mut shared);
        body(&mut function, expr);
        function.finalize(module.target_config());
        if ir.is_empty() {
            ir = ctx.func.to_string().lines().map(str::to_owned).collect();
        }
        module.define_function(id, &mut ctx)?;
        Ok::<_, Box<dyn std::error::Error>>(id)
    };
    let single = define("f", single, single_body)?;
    let whole = define("loop", whole, whole_body)?;
    module.finalize_definitions()?;
    let single = module.get_finalized_function(single);
    let whole = module.get_finalized_function(whole);
    // SAFETY: 서명이 위에서 선언한 것과 같음
    let (single, whole) = unsafe {
        (
            mem::transmute::<*const u8, Single>(single),
            mem::transmute::<*const u8, Whole>(whole),
        )
    };
    Ok(Machine { module: Some(module), single, whole, ir })
}

type Body = fn(&mut FunctionBuilder, &Expr);

fn single_body(b: &mut FunctionBuilder, expr: &Expr) {
    let entry = b.create_block();
    b.append_block_params_for_function_params(entry);
    b.switch_to_block(entry);
    b.seal_block(entry);
    let x = b.block_params(entry)[0];
    let result = value(b, expr, x);
    b.ins().return_(&[result]);
}

fn whole_body(b: &mut FunctionBuilder, expr: &Expr) {
    let entry = b.create_block();
    let head = b.create_block();
    let body = b.create_block();
    let done = b.create_block();
    b.append_block_params_for_function_params(entry);
    b.switch_to_block(entry);
    let &[from, to, len] = b.block_params(entry) else { return };
    let pointer = b.func.dfg.value_type(from);
    let zero = b.ins().iconst(pointer, 0);
    let bytes = b.ins().ishl_imm_u(len, 3);
    b.ins().jump(head, &[zero.into()]);

    b.switch_to_block(head);
    let at = b.append_block_param(head, pointer);
    let more = b.ins().icmp(IntCC::UnsignedLessThan, at, bytes);
    b.ins().brif(more, body, &[], done, &[]);

    b.switch_to_block(body);
    let source = b.ins().iadd(from, at);
    let x = b.ins().load(types::F64, MemFlagsData::trusted(), source, 0);
    let result = value(b, expr, x);
    let target = b.ins().iadd(to, at);
    b.ins().store(MemFlagsData::trusted(), result, target, 0);
    let next = b.ins().iadd_imm_u(at, 8);
    b.ins().jump(head, &[next.into()]);

    b.switch_to_block(done);
    b.ins().return_(&[]);
    b.seal_all_blocks();
}

fn value(b: &mut FunctionBuilder, expr: &Expr, x: Value) -> Value {
    let parts: Vec<Value> =
        expr.children().into_iter().map(|each| value(b, each, x)).collect();
    match (expr, parts.as_slice()) {
        (Expr::Number(number), _) => b.ins().f64const(*number),
        (Expr::Neg(_), &[a]) => b.ins().fneg(a),
        (Expr::Sqrt(_), &[a]) => b.ins().sqrt(a),
        (Expr::Binary(Op::Add, ..), &[p, q]) => b.ins().fadd(p, q),
        (Expr::Binary(Op::Sub, ..), &[p, q]) => b.ins().fsub(p, q),
        (Expr::Binary(Op::Mul, ..), &[p, q]) => b.ins().fmul(p, q),
        (Expr::Binary(Op::Div, ..), &[p, q]) => b.ins().fdiv(p, q),
        (Expr::Select(_), &[p, q, yes, no]) => {
            let less = b.ins().fcmp(FloatCC::LessThan, p, q);
            b.ins().select(less, yes, no)
        }
        _ => x,
    }
}
